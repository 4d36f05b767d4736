import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { drawChart } from '../charts/draw-chart.ts';
import type { Deploy } from '../core/bake/deploy.ts';
import { AppError } from '../core/base/errors.ts';
import { chartsOf } from '../core/chart/chart.ts';
import type { ActLinkStore } from '../ports/act-link-store.ts';
import type { AuditTrail } from '../ports/audit-trail.ts';
import type { BakeStore, DeploySummary } from '../ports/bake-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeployCatalog } from '../ports/deploy-catalog.ts';
import type { FreezeStore } from '../ports/freeze-store.ts';
import type { OverviewStore } from '../ports/overview-store.ts';
import { maxDrillMs } from '../usecases/drill.ts';
import { type DeployDetails, type DetailsStore, findDeploy, loadDetails } from '../usecases/view-deploy.ts';
import { defaultSinceMs, noDeployOf, viewService } from '../usecases/view-service.ts';
import { writeReport } from '../usecases/write-report.ts';
import { mountActLinks } from './act-link-routes.ts';
import { mountAssets } from './assets.ts';
import { mountAuditPage } from './audit-routes.ts';
import { type DecideDeps, mountDecisions, rehearsing } from './decide-routes.ts';
import { deployPage } from './deploy-page.ts';
import { type FreezePageDeps, mountFreezes } from './freeze-routes.ts';
import { gatePages, type PageAccess } from './gate-pages.ts';
import { mountOverview, type OverviewDeps } from './overview-routes.ts';
import type { QueryLinks } from './query-links.ts';
import { mountReference } from './reference-routes.ts';
import { reportPage } from './report-page.ts';
import { servicePage } from './service-page.ts';
import { type PagesEnv, type Viewer, viewerOf } from './viewer.ts';

export type PagesDeps = Pick<DecideDeps, 'drill'> &
  Pick<FreezePageDeps, 'ruleSets' | 'log'> & {
    readonly store: DetailsStore &
      DeployCatalog &
      FreezeStore &
      ActLinkStore &
      OverviewDeps['store'] &
      Pick<AuditTrail, 'auditRows'> &
      Pick<OverviewStore, 'neighbors'>;
    readonly clock: Clock;
    /** Where people reach this server, without a slash at the end. */
    readonly baseUrl: string;
    /** What is wrong with the server, for the top of a page. */
    readonly warnings?: () => readonly string[];
    /** Where people open queries. Missing: nowhere. */
    readonly queryLinks?: QueryLinks;
    /** Missing: nobody signs in. */
    readonly access?: PageAccess;
    /** The addresses with which people sign in and out. */
    readonly signIn?: OpenAPIHono<PagesEnv>;
  };

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Creates the server-rendered pages. A deploy's page, its report and its charts need no token: their address has an id that cannot be guessed, and the
 * engineer on call must see them at once. The overview lists ids, so it shows a caller what the caller may read, and a stranger nothing.
 */
export function createPages(deps: PagesDeps): OpenAPIHono<PagesEnv> {
  const { store, clock, baseUrl, warnings = () => [] } = deps;
  const pages = new OpenAPIHono<PagesEnv>();
  mountAssets(pages);
  if (deps.signIn) pages.route('/', deps.signIn);
  if (deps.access) gatePages(pages, store, deps.access);
  mountDecisions(pages, deps);
  mountFreezes(pages, deps);
  mountActLinks(pages, deps);
  mountAuditPage(pages, deps);
  mountReference(pages);
  pages.get('/deploys/:id', async (c) => {
    const id = idOf(c);
    const known = c.req.query('unless');
    if (known !== undefined && !(await hasChanged(store, id, known))) return c.body(null, 204, { 'cache-control': 'no-store' });
    const details = await loadDetails(store, id);
    const viewer = viewerOf(c);
    const neighbors = await neighborsOf(store, details.record.deploy, viewer);
    const now = clock.now();
    const isRehearsing = isStillRehearsing(details, Number(c.req.query(rehearsing) ?? Number.NaN), now);
    const options = { viewer, now, warnings: warnings(), neighbors, queryLinks: deps.queryLinks, isRehearsing };
    return await page(c, deployPage(details, options));
  });
  pages.get('/deploys/:id/report', async (c) => {
    const id = idOf(c);
    return await page(c, reportPage(await writeReport(store, id, clock.now()), `${baseUrl}/deploys/${id}`));
  });
  pages.get('/deploys/:id/charts/:file{.+\\.svg}', async (c) => {
    const name = c.req.param('file').slice(0, -'.svg'.length);
    const chart = chartsOf(await loadDetails(store, idOf(c))).find(({ check }) => check === name);
    if (chart === undefined) throw new AppError('not_found', 'there are no measurements of a check with this name');
    const svg = drawChart(chart, { width: 720, height: 300, theme: c.req.query('theme') === 'dark' ? 'dark' : 'light' });
    return c.body(svg, 200, { 'content-type': 'image/svg+xml; charset=utf-8', 'cache-control': 'no-store' });
  });
  pages.get('/services/:service{.+}', async (c) => {
    const viewer = viewerOf(c);
    // Unlike a deploy's id, a service's name can be guessed.
    if (viewer.caller === null) throw new AppError('not_found', 'services are shown only to callers who are known');
    const { caller } = viewer;
    const service = c.req.param('service');
    const now = clock.now();
    const places = await viewService(store, { service, sinceMs: defaultSinceMs, now });
    const visible = places.filter((place) => caller.may('read', place));
    // The same answer as for a name that nobody has: who may not read a service does not learn that it exists.
    if (visible.length === 0) throw new AppError('not_found', noDeployOf(service));
    return await page(c, servicePage(service, visible, { viewer }));
  });
  mountOverview(pages, deps);
  return pages;
}

/** Whether a rehearsal that began at `from` may still run: it has no result yet, which a stop of the server can take from it. `NaN`: none has begun. */
function isStillRehearsing({ timeline }: DeployDetails, from: number, now: number): boolean {
  return now - from < maxDrillMs && !timeline.some(({ kind, at }) => (kind === 'drilled' || kind === 'drill_failed') && at >= from);
}

/** Whether a page that asks again must be made again. The output of a hook grows without a new version. */
async function hasChanged(store: BakeStore, id: string, known: string): Promise<boolean> {
  const { bake, version } = await findDeploy(store, id);
  return String(version) !== known || bake.state === 'rolling_back' || bake.state === 'shifting';
}

/** Deploys this long before and after one are in the same minutes. */
const sameMinutesMs = 10 * 60_000;
const maxNeighbors = 6;

/** Other deploys of the same minutes. Who has only a link sees none. */
async function neighborsOf(store: Pick<OverviewStore, 'neighbors'>, deploy: Deploy, { caller }: Viewer): Promise<readonly DeploySummary[]> {
  if (caller === null) return [];
  const scope = caller.grants.filter(({ verbs }) => verbs.includes('read'));
  const { registeredAt } = deploy;
  const [from, until] = [registeredAt - sameMinutesMs, registeredAt + sameMinutesMs];
  return await store.neighbors(scope, { place: deploy, from, until, limit: maxNeighbors });
}

function idOf(c: Context): string {
  const id = c.req.param('id') ?? '';
  if (!uuid.test(id)) throw new AppError('not_found', 'there is no such deploy');
  return id;
}

async function page(c: Context, content: ReturnType<typeof deployPage>): Promise<Response> {
  return c.html(await content, 200, { 'cache-control': 'no-store' });
}
