import { and, desc, eq, inArray, ne, notExists, notInArray, or, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { StateName } from '../core/bake.ts';
import type { Target } from '../core/deploy.ts';
import type { Facts, Freeze } from '../core/facts.ts';
import type { Database } from './database.ts';
import { readDeploy } from './read-bake.ts';
import { bake, selectRecords } from './record.ts';
import { bakes, deploys, freezes } from './schema.ts';

/** Which bakes found their release bad: such a version is no target, unless it passed again later. */
const condemned: readonly StateName[] = ['awaiting_approval', 'rolling_back', 'verifying', 'rolled_back', 'failed'];

type Place = { readonly service: string; readonly environment: string };

/** Where a transaction that decides and one that changes the freezes meet: see `setFreeze`. */
export const freezeLock = 'freeze';

/** What the guards must know of a deploy whose bake row the transaction has locked. */
export async function readFacts(tx: Database, deploy: Place & { readonly id: string }): Promise<Facts> {
  const [freeze, knownGood] = await Promise.all([readFreeze(tx, deploy.service), readTarget(tx, deploy)]);
  return { freeze, knownGood };
}

async function readFreeze(tx: Database, service: string): Promise<Freeze | null> {
  const [row] = await tx
    .select()
    .from(freezes)
    .where(inArray(freezes.service, ['', service]))
    .orderBy(freezes.service)
    .limit(1);
  return row ? toFreeze(row) : null;
}

/** A row's freeze; the empty service means everywhere. */
export function toFreeze(row: typeof freezes.$inferSelect): Freeze {
  return { ...row, service: row.service === '' ? null : row.service };
}

async function readTarget(tx: Database, deploy: Place & { readonly id: string }): Promise<Target | null> {
  const [row] = await tx
    .select({ body: deploys.body, fingerprint: deploys.fingerprint })
    .from(deploys)
    .innerJoin(bake, eq(bake.deployId, deploys.id))
    .where(isKnownGood(tx, deploy, deploy.id))
    .orderBy(desc(deploys.registeredAt), desc(deploys.id))
    .limit(1);
  if (!row) return null;
  const { id, release } = readDeploy(row.body);
  const { version, commit, image } = release;
  return { deployId: id, version, commit, image, fingerprint: row.fingerprint ?? undefined };
}

/** The newest known-good deploy of a place, or `null`. */
export function selectKnownGood(db: Database, place: Place) {
  return selectRecords(db, isKnownGood(db, place, null))
    .orderBy(desc(deploys.registeredAt), desc(deploys.id))
    .limit(1);
}

/**
 * Passed, or adopted by a person and not found bad since; and no newer deploy of the same version was found bad. `except` is the deploy that
 * asks: it is no target for itself, and says nothing about an older deploy of its own version.
 */
function isKnownGood(db: Database, place: Place, except: string | null): SQL | undefined {
  const newer = alias(deploys, 'newer');
  const newerBake = alias(bakes, 'newer_bake');
  const condemnedLater = db
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
