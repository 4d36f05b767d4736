import { createRoute, z } from '@hono/zod-openapi';
import { Report, ReportQuery } from './report-schemas.ts';
import { DeployId } from './request-schemas.ts';
import { json, ok, operation, refusedReads } from './route-parts.ts';
import { ServiceKeys, ServiceParam, ServiceQuery } from './service-schemas.ts';

export const report = createRoute({
  method: 'get',
  path: '/v1/deploys/{id}/report',
  summary: 'The draft of a post-mortem: what happened, what was compared with what, what was done, how long it took, what is not known',
  ...operation('getReport', 'Deploys'),
  request: { params: DeployId, query: ReportQuery },
  responses: {
    200: {
      description: 'The report',
      content: { ...json(Report), 'text/markdown': { schema: z.string() }, 'text/html': { schema: z.string() } },
    },
    ...refusedReads(404),
  },
});

export const service = createRoute({
  method: 'get',
  path: '/v1/services/{service}',
  summary: 'One service, with the DORA metrics of each of its environments',
  ...operation('getService', 'Services'),
  request: { params: ServiceParam, query: ServiceQuery },
  responses: { ...ok('The service', ServiceKeys), ...refusedReads(404) },
});
