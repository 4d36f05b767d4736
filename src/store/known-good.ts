import type { Target } from '../core/bake/deploy.ts';
import { isCondemned } from './condemned.ts';
import type { Database } from './database.ts';
import { alias, and, desc, eq, ne, not, notExists, or, type SQL, sql } from './drizzle.ts';
import { readDeploy } from './read-bake.ts';
import { bake } from './record.ts';
import { bakes, deploys, marks } from './schema.ts';
import { build, compile, type StatementRow, slot } from './statement.ts';

type PlaceColumns = { readonly service: SQL; readonly environment: SQL };

/** Which known-good deploys to read: those of a place, without the deploy that asks. */
type KnownGoodQuery = { readonly service: string; readonly environment: string; readonly except: string | null };

const newerDeploy = alias(deploys, 'newer');
const newerBake = alias(bakes, 'newer_bake');

/** True for a deploy that passed, or that a person adopted and no check condemned since. */
const isVerified = or(eq(bake.state, 'passed'), and(eq(deploys.adopted, true), not(isCondemned(bake))));
/** True for a deploy whose bake ended undecided, with nothing seen against it. */
const isClean = and(eq(bake.state, 'inconclusive'), sql`${bake.body}->>'isClean' = 'true'`);

/**
 * True for a verified deploy whose version no newer deploy was condemned for. A newer deploy whose verdict is marked as a false alarm does not count.
 * `except` is the id of the deploy that asks: it is no target for itself, and it says nothing about an older deploy of its own version.
 */
export function isKnownGood(place: PlaceColumns, except: SQL | null): SQL | undefined {
  return isTarget(isVerified, place, except);
}

/** The same for an unverified deploy: it is a target only where no verified one exists. */
export function isUnverifiedTarget(place: PlaceColumns, except: SQL | null): SQL | undefined {
  // The place once more, by the bake: there is an index by service and state.
  const isOfPlace = and(eq(bake.service, place.service), eq(bake.environment, place.environment));
  return isTarget(and(isClean, isOfPlace), place, except);
}

function isTarget(isGood: SQL | undefined, place: PlaceColumns, except: SQL | null): SQL | undefined {
  const falseAlarm = build
    .select({ one: sql`1` })
    .from(marks)
    .where(and(eq(marks.deployId, newerDeploy.id), eq(marks.kind, 'false_alarm')));
  const condemnedLater = build
    .select({ one: sql`1` })
    .from(newerDeploy)
    .innerJoin(newerBake, eq(newerBake.deployId, newerDeploy.id))
    .where(
      and(
        eq(newerDeploy.service, deploys.service),
        eq(newerDeploy.environment, deploys.environment),
        eq(newerDeploy.version, deploys.version),
        sql`(${newerDeploy.registeredAt}, ${newerDeploy.id}) > (${deploys.registeredAt}, ${deploys.id})`,
        isCondemned(newerBake),
        notExists(falseAlarm),
        except === null ? undefined : ne(newerDeploy.id, except),
      ),
    );
  return and(
    eq(deploys.service, place.service),
    eq(deploys.environment, place.environment),
    except === null ? undefined : ne(deploys.id, except),
    isGood,
    // PostgreSQL makes no join of a query with an offset. It would collect the condemned deploys of all services first, to find one known-good deploy.
    notExists(sql`(${condemnedLater} offset 0)`),
  );
}

type TargetFilter = typeof isKnownGood;

function targetsOf(filter: TargetFilter, limit: number | ReturnType<typeof sql.placeholder>) {
  const place = { service: slot('service'), environment: slot('environment') };
  const query = build
    .select({ body: deploys.body, fingerprint: deploys.fingerprint })
    .from(deploys)
    .innerJoin(bake, eq(bake.deployId, deploys.id))
    .where(filter(place, slot('except')))
    .orderBy(desc(deploys.registeredAt), desc(deploys.id))
    .limit(limit);
  return compile(query, toTarget);
}

// Statements of their own: PostgreSQL plans a constant limit of one better than a limit that it does not know.
const newest = targetsOf(isKnownGood, 1);
const newestFew = targetsOf(isKnownGood, sql.placeholder('limit'));
const newestUnverified = targetsOf(isUnverifiedTarget, 1);

/** Known-good deploys of a place, newest first. If no deploy is verified, the newest unverified one. */
export async function readKnownGood(
  db: Database,
  { service, environment, except }: KnownGoodQuery,
  limit: number,
): Promise<readonly Target[]> {
  // No deploy has an empty id.
  const values = { service, environment, except: except ?? '' };
  const verified = await (limit === 1 ? newest(db, values) : newestFew(db, { ...values, limit }));
  if (verified.length > 0) return verified;
  return (await newestUnverified(db, values)).map((target) => ({ ...target, isUnverified: true }));
}

function toTarget({ body, fingerprint }: StatementRow): Target {
  const { id, release } = readDeploy(body);
  const { version, commit, image } = release;
  return { deployId: id, version, commit, image, fingerprint: typeof fingerprint === 'string' ? fingerprint : undefined };
}
