import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { drawChart } from '../charts/draw-chart.ts';
import { AppError } from '../core/base/errors.ts';
import { chartsOf } from '../core/chart/chart.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeployCatalog } from '../ports/deploy-catalog.ts';
import { type DetailsStore, loadDetails } from '../usecases/view-deploy.ts';
import { defaultSinceMs, viewService } from '../usecases/view-service.ts';
import { writeReport } from '../usecases/write-report.ts';
import { deployPage } from './deploy-page.ts';
import { homePage } from './home-page.ts';
import { styleSheet } from './layout.ts';
import { reportPage } from './report-page.ts';
import { servicePage } from './service-page.ts';

export type PagesDeps = {
  readonly store: DetailsStore & DeployCatalog;
  readonly clock: Clock;
  /** Whether the API needs tokens: read at each request, because a reload may change it. */
  readonly needsTokens: boolean;
  /** Where people reach this server, without a slash at the end. */
  readonly baseUrl: string;
  /** What is wrong with the server, for the top of a page. */
  readonly warnings?: () => readonly string[];
};

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Creates the server-rendered pages. A deploy's page, its report and its charts need no token: their address has an id that cannot be guessed, and the
 * engineer on call must see them at once. The overview lists all ids, so only a server without tokens shows it.
 */
export function createPages(deps: PagesDeps): OpenAPIHono {
  const { store, clock, baseUrl, warnings = () => [] } = deps;
  const pages = new OpenAPIHono();
  pages.get('/assets/style.css', (c) =>
    c.body(styleSheet, 200, { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'max-age=3600' }),
  );
  pages.get(
    '/deploys/:id',
    async (c) =>
      await page(
        c,
        deployPage(await loadDetails(store, idOf(c)), { showsServices: !deps.needsTokens, now: clock.now(), warnings: warnings() }),
      ),
  );
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
    // Unlike a deploy's id, a service's name can be guessed.
    if (deps.needsTokens) throw new AppError('not_found', 'this server needs tokens, so it shows services only through its API');
    const service = c.req.param('service');
    const now = clock.now();
    return await page(c, servicePage(service, await viewService(store, { service, sinceMs: defaultSinceMs, now }), now));
  });
  pages.get('/', async (c) =>
    deps.needsTokens
      ? c.text('Bakewatch is running. See /openapi.json for its API.\n')
      : await page(c, homePage(await store.services(), { now: clock.now(), warnings: warnings() })),
  );
  return pages;
}

function idOf(c: Context): string {
  const id = c.req.param('id') ?? '';
  if (!uuid.test(id)) throw new AppError('not_found', 'there is no such deploy');
  return id;
}

async function page(c: Context, content: ReturnType<typeof deployPage>): Promise<Response> {
  return c.html(await content, 200, { 'cache-control': 'no-store' });
}
