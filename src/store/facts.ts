import type { StateName } from '../core/bake/bake.ts';
import type { Target } from '../core/bake/deploy.ts';
import type { Facts, Freeze } from '../core/bake/facts.ts';
import { condemned } from './condemned.ts';
import type { Database } from './database.ts';
import { alias, and, desc, eq, inArray, ne, notExists, notInArray, or, QueryBuilder, type SQL, sql } from './drizzle.ts';
import { readDeploy } from './read-bake.ts';
import { readIrreversible, readRollbacks, readTroubles } from './recent-facts.ts';
import { bake } from './record.ts';
import { bakes, deploys, freezes } from './schema.ts';
import { compile, slot } from './statement.ts';

type PlaceColumns = { readonly service: SQL; readonly environment: SQL };

/** Whose facts are asked for. */
export type DeployKey = { readonly id: string; readonly service: string; readonly environment: string; readonly registeredAt: number };

/** Where a transaction that decides and one that changes the freezes meet: see `setFreeze`. */
export const freezeLock = 'freeze';

/** What the guards must know of a deploy whose bake row (or place) the transaction has locked. */
export async function readFacts(tx: Database, asker: DeployKey, passedOver: readonly Target[] = []): Promise<Facts> {
  const { id, service, environment, registeredAt } = asker;
  const [[freeze], knownGood, [newer], rollbacks, others] = await Promise.all([
    freezeOf(tx, { service }),
    passedOver.length === 0 ? newestTarget(tx, asker) : targetBefore(tx, asker, passedOver),
    replacementOf(tx, { id, service, environment, registeredAt }),
    readRollbacks(tx, asker),
    readTroubles(tx, asker),
  ]);
  return {
    freeze: freeze ? listToFreeze(freeze) : null,
    knownGood,
    replacedBy: newer ? { deployId: String(newer[0]), version: String(newer[1]) } : null,
    irreversible: await readIrreversible(tx, asker, knownGood),
    rollbacks,
    others,
  };
}

const freezeColumns = { service: freezes.service, by: freezes.by, why: freezes.why, since: freezes.since };
const freezeOf = compile(
  new QueryBuilder()
    .select(freezeColumns)
    .from(freezes)
    .where(or(eq(freezes.service, ''), eq(freezes.service, slot('service'))))
    .orderBy(freezes.service)
    .limit(1),
);

function listToFreeze([service, by, why, since]: readonly unknown[]): Freeze {
  return toFreeze({ service: String(service), by: String(by), why: String(why), since: Number(since) });
}

/** A row's freeze; the empty service means everywhere. */
export function toFreeze(row: typeof freezes.$inferSelect): Freeze {
  return { ...row, service: row.service === '' ? null : row.service };
}

const targetOf = compile(
  new QueryBuilder()
    .select({ body: deploys.body, fingerprint: deploys.fingerprint })
    .from(deploys)
    .innerJoin(bake, eq(bake.deployId, deploys.id))
    .where(isKnownGood({ service: slot('service'), environment: slot('environment') }, slot('id')))
    .orderBy(desc(deploys.registeredAt), desc(deploys.id))
    .limit(1),
);

async function newestTarget(tx: Database, { id, service, environment }: DeployKey): Promise<Target | null> {
  const [target] = await targetOf(tx, { id, service, environment });
  return target ? listToTarget(target) : null;
}

/** So many known-good deploys are looked through for another release. */
const mostTargets = 100;

/** The newest known-good deploy whose release is none of those that are gone. */
async function targetBefore(tx: Database, { id, service, environment }: DeployKey, passedOver: readonly Target[]): Promise<Target | null> {
  const gone = new Set(passedOver.map(({ version }) => version));
  const targets = await readKnownGood(tx, { service, environment, except: id }, mostTargets);
  return targets.find(({ version }) => !gone.has(version)) ?? null;
}

type Whose = { readonly service: string; readonly environment: string; readonly except?: string };

/** Known-good deploys of a place, newest first: `Store.knownGood`. */
export async function readKnownGood(db: Database, { service, environment, except }: Whose, limit: number): Promise<readonly Target[]> {
  const rows = await db
    .select({ body: deploys.body, fingerprint: deploys.fingerprint })
    .from(deploys)
    .innerJoin(bake, eq(bake.deployId, deploys.id))
    .where(isKnownGood({ service: sql`${service}`, environment: sql`${environment}` }, except === undefined ? null : sql`${except}`))
    .orderBy(desc(deploys.registeredAt), desc(deploys.id))
    .limit(limit);
  return rows.map(({ body, fingerprint }) => listToTarget([body, fingerprint]));
}

function listToTarget([body, fingerprint]: readonly unknown[]): Target {
  const { id, release } = readDeploy(body);
  const { version, commit, image } = release;
  return { deployId: id, version, commit, image, fingerprint: typeof fingerprint === 'string' ? fingerprint : undefined };
}

/** Bakes that say nothing about what runs now: the release before theirs may be back, or a still newer one there. */
const gone: readonly StateName[] = ['rolled_back', 'canceled', 'superseded'];

const replacementOf = compile(
  new QueryBuilder()
    .select({ id: deploys.id, version: deploys.version })
    .from(deploys)
    .innerJoin(bake, eq(bake.deployId, deploys.id))
    .where(
      and(
        eq(deploys.service, slot('service')),
        eq(deploys.environment, slot('environment')),
        sql`(${deploys.registeredAt}, ${deploys.id}) > (${slot('registeredAt')}, ${slot('id')})`,
        notInArray(bake.state, [...gone]),
        or(ne(bake.state, 'failed'), sql`${bake.body}->>'rolledBack' = 'no'`),
      ),
    )
    .orderBy(desc(deploys.registeredAt), desc(deploys.id))
    .limit(1),
);

/**
 * Passed, or adopted by a person and not found bad since; and no newer deploy of the same version was found bad. `except` is the deploy that
 * asks: it is no target for itself, and says nothing about an older deploy of its own version.
 */
export function isKnownGood(place: PlaceColumns, except: SQL | null): SQL | undefined {
  const newer = alias(deploys, 'newer');
  const newerBake = alias(bakes, 'newer_bake');
  const condemnedLater = new QueryBuilder()
    .select({ one: sql`1` })
    .from(newer)
    .innerJoin(newerBake, eq(newerBake.deployId, newer.id))
    .where(
      and(
        eq(newer.service, deploys.service),
        eq(newer.environment, deploys.environment),
        eq(newer.version, deploys.version),
        sql`(${newer.registeredAt}, ${newer.id}) > (${deploys.registeredAt}, ${deploys.id})`,
        inArray(newerBake.state, [...condemned]),
        except === null ? undefined : ne(newer.id, except),
      ),
    );
  return and(
    eq(deploys.service, place.service),
    eq(deploys.environment, place.environment),
    except === null ? undefined : ne(deploys.id, except),
    or(eq(bake.state, 'passed'), and(eq(deploys.adopted, true), notInArray(bake.state, [...condemned]))),
    notExists(condemnedLater),
  );
}
