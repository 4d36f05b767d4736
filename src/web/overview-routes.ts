import type { OpenAPIHono } from '@hono/zod-openapi';
import { AppError } from '../core/base/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeployCatalog } from '../ports/deploy-catalog.ts';
import { scopeOf } from '../usecases/caller.ts';
import { createSharedReads } from '../usecases/shared-reads.ts';
import { type Overview, type OverviewSource, viewOverview } from '../usecases/view-overview.ts';
import { deployFilter, readDeploysQuery } from './deploys-address.ts';
import { deploysPage } from './deploys-page.ts';
import { readOverviewQuery } from './overview-address.ts';
import { overviewPage } from './overview-page.ts';
import { type PagesEnv, viewerOf } from './viewer.ts';

export type OverviewDeps = {
  readonly store: OverviewSource & Pick<DeployCatalog, 'list'>;
  readonly clock: Clock;
  /** What is wrong with the server, for the top of a page. */
  readonly warnings?: () => readonly string[];
};

const deploysOfPage = 50;

/** Mounts the overview and the list of deploys. They list ids, so they show a caller what the caller may read, and a stranger nothing. */
export function mountOverview(pages: OpenAPIHono<PagesEnv>, { store, clock, warnings = () => [] }: OverviewDeps): void {
  // An event reaches all who look at the same moment, and all of them ask for the same.
  const shared = createSharedReads<Overview>();
  pages.get('/', async (c) => {
    const viewer = viewerOf(c);
    const { caller } = viewer;
    if (caller === null) return c.text('Bakewatch is running. See /docs for its API.\n');
    const query = readOverviewQuery(c.req.query());
    const now = clock.now();
    const overview = await shared(JSON.stringify([caller.grants, query]), () => viewOverview(store, { caller, query, now: clock.now() }));
    const content = await overviewPage(overview, { viewer, caller, query, now, warnings: warnings() });
    return c.html(content, 200, { 'cache-control': 'no-store' });
  });
  pages.get('/deploys', async (c) => {
    const viewer = viewerOf(c);
    if (viewer.caller === null) throw new AppError('not_found', 'deploys are listed only for callers who are known');
    const query = readDeploysQuery(c.req.query());
    const found = await store.list(deployFilter(query, scopeOf(viewer.caller, 'read'), deploysOfPage + 1));
    const records = found.slice(0, deploysOfPage);
    const last = found.length > deploysOfPage ? records.at(-1)?.deploy : undefined;
    const content = await deploysPage(records, { viewer, query, next: last ?? null });
    return c.html(content, 200, { 'cache-control': 'no-store' });
  });
}
