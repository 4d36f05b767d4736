import { z } from '@hono/zod-openapi';
import { AppError } from '../core/base/errors.ts';
import type { BakeStore } from '../ports/bake-store.ts';
import type { DeployCatalog, DeployFilter } from '../ports/deploy-catalog.ts';
import { type Caller, scopeOf } from '../usecases/caller.ts';
import { presentSummary } from './present.ts';
import type { ListQuery } from './request-schemas.ts';

type Query = z.output<typeof ListQuery>;

const CursorKeys = z.tuple([z.int(), z.string()]);

/** One page of the deploys that the caller may read, and the cursor of the next page. */
export async function listPage(store: BakeStore & DeployCatalog, query: Query, caller: Caller, baseUrl: string) {
  const { before, cursor, since, until, build_id: buildId, limit, ...filter } = query;
  if (before !== undefined && cursor !== undefined) throw new AppError('invalid', 'query.cursor: cannot be given together with `before`');
  // One more than the page has, to see whether there is a next one.
  const records = await store.list({
    ...filter,
    buildId,
    since: since === undefined ? undefined : Date.parse(since),
    until: until === undefined ? undefined : Date.parse(until),
    limit: limit + 1,
    scope: scopeOf(caller, 'read'),
    before: cursor === undefined ? await placeOf(store, before, caller) : readCursor(cursor),
  });
  const page = records.slice(0, limit);
  const last = records.length > limit ? page.at(-1)?.deploy : undefined;
  return {
    deploys: page.map((record) => presentSummary(record, baseUrl)),
    next: last === undefined ? null : Buffer.from(JSON.stringify([last.registeredAt, last.id])).toString('base64url'),
  };
}

/** The place of a deploy in the list. A deploy that the caller may not read is refused as one that does not exist. */
async function placeOf(store: BakeStore, id: string | undefined, caller: Caller): Promise<DeployFilter['before']> {
  if (id === undefined) return undefined;
  const record = await store.find(id);
  if (record === null || !caller.may('read', record.deploy))
    throw new AppError('not_found', `there is no deploy ${id}`, { problem: 'no_deploy' });
  return { registeredAt: record.deploy.registeredAt, id };
}

function readCursor(text: string): DeployFilter['before'] {
  try {
    const [registeredAt, id] = CursorKeys.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    return { registeredAt, id };
  } catch (error) {
    throw new AppError('invalid', 'query.cursor: is not the `next` of a page', { cause: error });
  }
}
