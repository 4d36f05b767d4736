import { z } from 'zod';
import type { Bake, Order } from '../core/bake.ts';
import type { Deploy } from '../core/deploy.ts';
import { Reasons, read } from './read.ts';

const Target = z.object({
  deployId: z.string(),
  version: z.string(),
  commit: z.string().optional(),
  image: z.string().optional(),
  fingerprint: z.string().optional(),
});

/** A stored order; also part of a queued effect. */
export const StoredOrder = z.object({
  id: z.string(),
  target: Target,
  reasons: Reasons,
  passedOver: z.array(Target).optional(),
}) satisfies z.ZodType<Order>;

const at = z.number();
const state = z.discriminatedUnion('state', [
  z.object({ state: z.literal('warming'), nextAt: at }),
  z.object({
    state: z.literal('baking'),
    from: at,
    endsAt: at,
    limitAt: at,
    nextAt: at,
    blind: z.object({ since: at, told: z.boolean() }).nullable(),
    reasons: z.array(z.string()),
  }),
  z.object({
    state: z.literal('awaiting_approval'),
    since: at,
    target: Target,
    reasons: Reasons,
    passedOver: z.array(Target).optional(),
    nextAt: at,
  }),
  z.object({ state: z.literal('rolling_back'), since: at, order: StoredOrder, nextAt: at }),
  z.object({ state: z.literal('verifying'), since: at, order: StoredOrder, from: at, endsAt: at, nextAt: at, healthyTicks: z.number() }),
  z.object({ state: z.literal('passed'), at, by: z.string().nullable(), confidence: z.enum(['full', 'low']), reasons: Reasons }),
  z.object({ state: z.literal('rolled_back'), at, order: StoredOrder }),
  z.object({ state: z.literal('inconclusive'), at, reasons: Reasons }),
  z.object({ state: z.literal('failed'), at, rolledBack: z.enum(['no', 'yes', 'unknown']), reasons: Reasons }),
  z.object({ state: z.enum(['canceled', 'superseded']), at, by: z.string() }),
]);
const StoredBake = z.object({ id: z.string(), cause: z.enum(['release', 'rollback']), begunAt: at, deployedAt: at.nullable() }).and(state);

/** The bake of a row's JSON. */
export function readBake(value: unknown): Bake {
  return read(StoredBake, value, 'bake');
}

const StoredDeploy = z.object({
  id: z.string(),
  service: z.string(),
  environment: z.string(),
  release: z.object({
    version: z.string(),
    commit: z.string().optional(),
    image: z.string().optional(),
    metadata: z.record(z.string(), z.string()),
  }),
  cause: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('release') }),
    z.object({ kind: z.literal('rollback'), of: z.string().optional() }),
  ]),
  buildId: z.string().optional(),
  migrations: z.enum(['none', 'compatible', 'irreversible']),
  links: z.array(z.object({ title: z.string(), url: z.string() })),
  registeredAt: at,
  registeredBy: z.string(),
  adopted: z.boolean(),
});

/** The deploy of a row's JSON. */
export function readDeploy(value: unknown): Deploy {
  return read(StoredDeploy, value, 'deploy');
}
