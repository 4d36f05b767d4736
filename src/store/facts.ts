import type { StateName } from '../core/bake/bake.ts';
import type { Target } from '../core/bake/deploy.ts';
import type { Facts } from '../core/bake/facts.ts';
import type { Database } from './database.ts';
import { and, desc, eq, ne, notInArray, or, sql } from './drizzle.ts';
import { toFreeze } from './freezes.ts';
import { readKnownGood } from './known-good.ts';
import { readIrreversible, readRollbacks, readServiceFailures } from './recent-facts.ts';
import { bake } from './record.ts';
import { deploys, freezes } from './schema.ts';
import { build, compile, slot } from './statement.ts';

/** The deploy whose facts are read. */
export type DeployKey = { readonly id: string; readonly service: string; readonly environment: string; readonly registeredAt: number };

/** Reads what the guards must know about a deploy. The transaction has locked the row of its bake. */
export async function readFacts(tx: Database, asker: DeployKey, passedOver: readonly Target[] = []): Promise<Facts> {
  const { service } = asker;
  const [[freeze], knownGood, replacedBy, rollbacks, others] = await Promise.all([
    freezeOf(tx, { service }),
    findTarget(tx, asker, passedOver),
    readReplacement(tx, asker),
    readRollbacks(tx, asker),
    readServiceFailures(tx, asker),
  ]);
  return {
    freeze: freeze ?? null,
    knownGood,
    replacedBy,
    irreversible: await readIrreversible(tx, asker, knownGood),
    rollbacks,
    others,
  };
}

const freezeOf = compile(
  build
    .select({ service: freezes.service, by: freezes.by, why: freezes.why, since: freezes.since, until: freezes.until })
    .from(freezes)
    .where(or(eq(freezes.service, ''), eq(freezes.service, slot('service'))))
    // The one that ends last decides, and null comes first.
    .orderBy(desc(freezes.until), freezes.service)
    .limit(1),
  ({ service, by, why, since, until }) =>
    toFreeze({
      service: String(service),
      by: String(by),
      why: String(why),
      since: Number(since),
      until: until === null ? null : Number(until),
    }),
);

/** How many known-good deploys are searched for a release that is not passed over. */
const maxTargets = 100;

/** The newest known-good release whose version is not passed over. */
async function findTarget(tx: Database, { id, service, environment }: DeployKey, passedOver: readonly Target[]): Promise<Target | null> {
  const versions = new Set(passedOver.map(({ version }) => version));
  const targets = await readKnownGood(tx, { service, environment, except: id }, versions.size === 0 ? 1 : maxTargets);
  return targets.find(({ version }) => !versions.has(version)) ?? null;
}

/** States that do not show what runs now: the previous release can be back, or a newer one is there. */
const unclear: readonly StateName[] = ['rolled_back', 'canceled', 'superseded'];

const replacementOf = compile(
  build
    .select({ id: deploys.id, version: deploys.version })
    .from(deploys)
    .innerJoin(bake, eq(bake.deployId, deploys.id))
    .where(
      and(
        eq(deploys.service, slot('service')),
        eq(deploys.environment, slot('environment')),
        sql`(${deploys.registeredAt}, ${deploys.id}) > (${slot('registeredAt')}, ${slot('id')})`,
        notInArray(bake.state, [...unclear]),
        or(ne(bake.state, 'failed'), sql`${bake.body}->>'rolledBack' = 'no'`),
      ),
    )
    .orderBy(desc(deploys.registeredAt), desc(deploys.id))
    .limit(1),
  ({ id, version }) => ({ deployId: String(id), version: String(version) }),
);

/** `DeployCatalog.replacementOf`. */
export async function readReplacement(db: Database, { id, service, environment, registeredAt }: DeployKey): Promise<Facts['replacedBy']> {
  const [replacement] = await replacementOf(db, { id, service, environment, registeredAt });
  return replacement ?? null;
}
