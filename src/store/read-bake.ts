import { z } from 'zod';
import type { Bake, Order, Shift } from '../core/bake/bake.ts';
import type { Deploy } from '../core/bake/deploy.ts';
import { Reasons, read } from './read.ts';

const Target = z.object({
  deployId: z.string(),
  version: z.string(),
  commit: z.string().optional(),
  image: z.string().optional(),
  fingerprint: z.string().optional(),
  isUnverified: z.literal(true).optional(),
});

/** A stored order; also part of a queued effect. */
export const StoredOrder = z.object({
  id: z.string(),
  target: Target,
  reasons: Reasons,
  passedOver: z.array(Target).optional(),
  isRepeated: z.literal(true).optional(),
  replaces: z.object({ target: Target, rolledBack: z.enum(['yes', 'unknown']) }).optional(),
}) satisfies z.ZodType<Order>;

/** A stored order to shift traffic; also part of a queued effect. */
export const StoredShift = z.object({ id: z.string(), weight: z.number() }) satisfies z.ZodType<Shift>;

const at = z.number();
const leftOut = z.array(z.object({ from: at, to: at }));
const after = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('stage'),
    number: z.number(),
    judged: z.object({ from: at, until: at }).nullable(),
    leftOut,
    byRule: z.string().optional(),
    extendMs: z.number(),
  }),
  z.object({ kind: z.literal('pass'), by: z.string(), why: z.string() }),
  z.object({ kind: z.enum(['roll_back', 'ask']), target: Target, reasons: Reasons }),
  z.object({ kind: z.enum(['failed', 'inconclusive']), reasons: Reasons }),
]);
const state = z.discriminatedUnion('state', [
  z.object({ state: z.literal('warming'), nextAt: at, held: z.string().optional() }),
  z.object({ state: z.literal('shifting'), since: at, shift: StoredShift, after, nextAt: at }),
  z.object({
    state: z.literal('baking'),
    from: at,
    endsAt: at,
    limitAt: at,
    nextAt: at,
    blind: z.object({ since: at, told: z.boolean() }).nullable(),
    timesBlind: z.number().optional(),
    excusedSince: z.number().optional(),
    reasons: z.array(z.string()),
    stage: z.object({ number: z.number(), of: z.number(), weight: z.number(), leftOut }).optional(),
    extendedSince: at.optional(),
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
  z.object({
    state: z.literal('verifying'),
    since: at,
    order: StoredOrder,
    from: at,
    endsAt: at,
    nextAt: at,
    healthyTicks: z.number(),
    isUntouched: z.literal(true).optional(),
  }),
  z.object({ state: z.literal('passed'), at, by: z.string().nullable(), confidence: z.enum(['full', 'low']), reasons: Reasons }),
  z.object({ state: z.literal('rolled_back'), at, order: StoredOrder, unconfirmed: Reasons.optional() }),
  z.object({ state: z.literal('inconclusive'), at, reasons: Reasons, isClean: z.literal(true).optional() }),
  z.object({
    state: z.literal('failed'),
    at,
    rolledBack: z.enum(['no', 'yes', 'unknown']),
    reasons: Reasons,
    rolledBackTo: Target.optional(),
  }),
  z.object({ state: z.enum(['canceled', 'superseded']), at, by: z.string(), byVersion: z.string().optional() }),
]);
const StoredBake = z
  .object({
    id: z.string(),
    cause: z.enum(['release', 'rollback']),
    begunAt: at,
    deployedAt: at.nullable(),
    weight: z.number().optional(),
    aloneFrom: at.optional(),
    clearAt: at.optional(),
    didNotHelp: z.literal(true).optional(),
    forwards: z.number().optional(),
  })
  .and(state);

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
  deployedAt: at.optional(),
  registeredBy: z.string(),
  adopted: z.boolean(),
});

/** The deploy of a row's JSON. */
export function readDeploy(value: unknown): Deploy {
  return read(StoredDeploy, value, 'deploy');
}
