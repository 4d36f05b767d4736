import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import { AppError } from '../core/base/errors.ts';
import { findDeploy } from '../usecases/view-deploy.ts';
import { writeReport } from '../usecases/write-report.ts';
import { type ApiEnv, demand } from './auth.ts';
import type { ApiDeps } from './deps.ts';
import { presentReport } from './present-report.ts';
import { report as route } from './report-routes.ts';
import { reportFormats } from './report-schemas.ts';

type Format = (typeof reportFormats)[number];
const types: Readonly<Record<Format, string>> = { json: 'application/json', md: 'text/markdown', html: 'text/html' };

/** Mounts the reports of deploys. */
export function mountReports(app: OpenAPIHono<ApiEnv>, { store, clock, baseUrl, renderReport }: ApiDeps): void {
  app.openAPIRegistry.registerPath(route);
  app.get('/v1/deploys/:id/report', async (c) => {
    const format = formatOf(c);
    const { deploy } = await findDeploy(store, c.req.param('id'));
    demand(c, 'read', deploy);
    const report = await writeReport(store, deploy.id, clock.now());
    const url = `${baseUrl}/deploys/${deploy.id}`;
    if (format === 'json') return c.json(presentReport(report, url), 200);
    return c.body(await renderReport[format](report, url), 200, {
      'content-type': `${types[format]}; charset=utf-8`,
      'cache-control': 'no-store',
    });
  });
}

/** The format in the query, else the one that the Accept header prefers, else JSON. */
function formatOf(c: Context): Format {
  const requested = c.req.query('format');
  if (requested === undefined) {
    const type = accepts(c, { header: 'Accept', supports: Object.values(types), default: types.json });
    return reportFormats.find((format) => types[format] === type) ?? 'json';
  }
  const format = reportFormats.find((one) => one === requested);
  if (format === undefined)
    throw new AppError('invalid', `query.format: must be one of ${reportFormats.join(', ')}, not "${requested.slice(0, 50)}"`);
  return format;
}
