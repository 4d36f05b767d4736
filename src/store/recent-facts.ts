import type { Bake } from '../core/bake/bake.ts';
import type { Target } from '../core/bake/deploy.ts';
import type { ServiceFailure } from '../core/bake/facts.ts';
import { condemned } from './condemned.ts';
import type { Database } from './database.ts';
import { and, desc, eq, gt, inArray, lte, ne, sql } from './drizzle.ts';
import { readBake } from './read-bake.ts';
import { bakes, deploys, timeline } from './schema.ts';

/** So many of the newest deploys of a place, or of an environment, are looked at: policies reach back days, not years. */
const newestOfPlace = 100;
const newestOfEnvironment = 500;

type DeployIdentity = { readonly id: string; readonly service: string; readonly environment: string };
const newestFirst = [desc(deploys.registeredAt), desc(deploys.id)];

/** When rollbacks of the place's other deploys were ordered, newest first. */
export async function readRollbacks(tx: Database, { id, service, environment }: DeployIdentity): Promise<readonly number[]> {
  const recent = tx
    .select({ id: deploys.id })
    .from(deploys)
    .where(and(eq(deploys.service, service), eq(deploys.environment, environment), ne(deploys.id, id)))
    .orderBy(...newestFirst)
    .limit(newestOfPlace)
    .as('recent');
  const rows = await tx
    .select({ at: timeline.at })
    .from(recent)
    .innerJoin(timeline, and(eq(timeline.bakeId, recent.id), eq(timeline.kind, 'rolling_back')))
    .orderBy(desc(timeline.at));
  return rows.map(({ at }) => at);
}

/** Other services of the environment whose newest deploy was found bad, newest first. */
export async function readTroubles(tx: Database, { service, environment }: DeployIdentity): Promise<readonly ServiceFailure[]> {
  const recent = tx
    .select({ id: deploys.id, service: deploys.service, registeredAt: deploys.registeredAt })
    .from(deploys)
    .where(and(eq(deploys.environment, environment), ne(deploys.service, service)))
    .orderBy(...newestFirst)
    .limit(newestOfEnvironment)
    .as('recent');
  const newest = tx
    .selectDistinctOn([recent.service], { id: recent.id, service: recent.service })
    .from(recent)
    .orderBy(recent.service, desc(recent.registeredAt), desc(recent.id))
    .as('newest');
  const rows = await tx
    .select({ service: newest.service, body: bakes.body })
    .from(newest)
    .innerJoin(bakes, eq(bakes.deployId, newest.id))
    .where(inArray(bakes.state, [...condemned]));
  return rows.map((row) => ({ service: row.service, at: movedAt(readBake(row.body)) })).toSorted((a, b) => b.at - a.at);
}

function movedAt(bake: Bake): number {
  if ('since' in bake) return bake.since;
  return 'at' in bake ? bake.at : bake.begunAt;
}

/** The version of a deploy after the known-good one, up to the asking one, whose migrations cannot be undone. */
export async function readIrreversible(
  tx: Database,
  { id, service, environment }: DeployIdentity,
  target: Target | null,
): Promise<string | null> {
  if (target === null) return null;
  const placeOf = (deploy: string) => sql`(select registered_at, id from ${deploys} where id = ${deploy})`;
  const order = sql`(${deploys.registeredAt}, ${deploys.id})`;
  const [row] = await tx
    .select({ version: deploys.version })
    .from(deploys)
    .where(
      and(
        eq(deploys.service, service),
        eq(deploys.environment, environment),
        gt(order, placeOf(target.deployId)),
        lte(order, placeOf(id)),
        sql`${deploys.body} ->> 'migrations' = 'irreversible'`,
      ),
    )
    .orderBy(deploys.registeredAt, deploys.id)
    .limit(1);
  return row?.version ?? null;
}
