import type { Bake } from '../core/bake/bake.ts';
import type { Target } from '../core/bake/deploy.ts';
import type { ServiceFailure } from '../core/bake/facts.ts';
import { condemned } from './condemned.ts';
import type { Database } from './database.ts';
import { alias, and, desc, eq, inArray, ne, sql } from './drizzle.ts';
import { readBake } from './read-bake.ts';
import { bakes, deploys, timeline } from './schema.ts';
import { build, compile, type StatementRow, slot } from './statement.ts';

/** How many of the newest deploys of a place, or of an environment, are read: policies reach back days, not years. */
const maxOfPlace = 100;
const maxOfEnvironment = 500;

type DeployIdentity = { readonly id: string; readonly service: string; readonly environment: string };
const isOfEnvironment = eq(deploys.environment, slot('environment'));
const isOfService = eq(deploys.service, slot('service'));
const newestFirst = [desc(deploys.registeredAt), desc(deploys.id)];

const recentOfPlace = build
  .select({ id: deploys.id })
  .from(deploys)
  .where(and(isOfService, isOfEnvironment, ne(deploys.id, slot('id'))))
  .orderBy(...newestFirst)
  .limit(maxOfPlace)
  .as('recent');

const rollbacksOf = compile(
  build
    .select({ at: timeline.at })
    .from(recentOfPlace)
    .innerJoin(timeline, and(eq(timeline.bakeId, recentOfPlace.id), eq(timeline.kind, 'rolling_back')))
    .orderBy(desc(timeline.at)),
  ({ at }) => Number(at),
);

/** When rollbacks of the other deploys of the place were ordered, newest first. */
export async function readRollbacks(tx: Database, { id, service, environment }: DeployIdentity): Promise<readonly number[]> {
  return await rollbacksOf(tx, { id, service, environment });
}

const recentOfOthers = build
  .select({ id: deploys.id, service: deploys.service, registeredAt: deploys.registeredAt })
  .from(deploys)
  .where(and(isOfEnvironment, ne(deploys.service, slot('service'))))
  .orderBy(...newestFirst)
  .limit(maxOfEnvironment)
  .as('recent');

const newestOfOthers = build
  .selectDistinctOn([recentOfOthers.service], { id: recentOfOthers.id, service: recentOfOthers.service })
  .from(recentOfOthers)
  .orderBy(recentOfOthers.service, desc(recentOfOthers.registeredAt), desc(recentOfOthers.id))
  .as('newest');

const failuresOfOthers = compile(
  build
    .select({ service: newestOfOthers.service, body: bakes.body })
    .from(newestOfOthers)
    .innerJoin(bakes, eq(bakes.deployId, newestOfOthers.id))
    .where(inArray(bakes.state, [...condemned])),
  toFailure,
);

/** Other services of the environment whose newest deploy was condemned, newest first. */
export async function readServiceFailures(tx: Database, { service, environment }: DeployIdentity): Promise<readonly ServiceFailure[]> {
  const failures = await failuresOfOthers(tx, { service, environment });
  return failures.toSorted((a, b) => b.at - a.at);
}

function toFailure({ service, body }: StatementRow): ServiceFailure {
  return { service: String(service), at: movedAt(readBake(body)) };
}

/** When the bake entered its state. */
function movedAt(bake: Bake): number {
  if ('since' in bake) return bake.since;
  return 'at' in bake ? bake.at : bake.begunAt;
}

const other = alias(deploys, 'other');
const position = sql`(${deploys.registeredAt}, ${deploys.id})`;
const positionOf = (name: string) =>
  build
    .select({ registeredAt: other.registeredAt, id: other.id })
    .from(other)
    .where(eq(other.id, slot(name)));

const irreversibleBetween = compile(
  build
    .select({ version: deploys.version })
    .from(deploys)
    .where(
      and(
        isOfService,
        isOfEnvironment,
        sql`${position} > ${positionOf('target')}`,
        sql`${position} <= ${positionOf('id')}`,
        sql`${deploys.body}->>'migrations' = 'irreversible'`,
      ),
    )
    .orderBy(deploys.registeredAt, deploys.id)
    .limit(1),
  ({ version }) => String(version),
);

/** The version of the first deploy after the known-good one, up to the deploy that asks, whose migrations cannot be undone. */
export async function readIrreversible(
  tx: Database,
  { id, service, environment }: DeployIdentity,
  target: Target | null,
): Promise<string | null> {
  if (target === null) return null;
  const [version] = await irreversibleBetween(tx, { id, service, environment, target: target.deployId });
  return version ?? null;
}
