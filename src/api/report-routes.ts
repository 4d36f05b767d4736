import { createRoute } from '@hono/zod-openapi';
import { Report, ReportQuery } from './report-schemas.ts';
import { DeployId } from './request-schemas.ts';
import { answer, json, problems, security } from './route-parts.ts';
import { ServiceKeys, ServiceParam, ServiceQuery } from './service-schemas.ts';

export const report = createRoute({
  method: 'get',
  path: '/v1/deploys/{id}/report',
  summary: 'The draft of a post-mortem: what happened, what was compared with what, what was done, how long it took, what is not known',
  security,
  request: { params: DeployId, query: ReportQuery },
  responses: {
    200: { description: 'The report', content: { ...json(Report), 'text/markdown': {}, 'text/html': {} } },
    ...problems,
  },
});

export const service = createRoute({
  method: 'get',
  path: '/v1/services/{service}',
  summary: 'One service, with the DORA metrics of each of its environments',
  security,
  request: { params: ServiceParam, query: ServiceQuery },
  responses: answer('The service', ServiceKeys),
});
