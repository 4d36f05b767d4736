import type { z } from '@hono/zod-openapi';
import { Problem } from './deploy-schemas.ts';

/** The content of a request or an answer. */
export const json = <S extends z.ZodType>(schema: S) => ({ 'application/json': { schema } });
/** The refusals that every route may answer with. */
export const problems = {
  400: {
    description: 'The request is not valid; every wrong field is named',
    content: { 'application/problem+json': { schema: Problem } },
  },
  401: { description: 'No token, or an unknown one', content: { 'application/problem+json': { schema: Problem } } },
  403: { description: 'The token does not allow this', content: { 'application/problem+json': { schema: Problem } } },
  404: {
    description: 'There is no such deploy, or no rules for the service',
    content: { 'application/problem+json': { schema: Problem } },
  },
  409: {
    description: 'This cannot be done in the current state; `detail` has the reason',
    content: { 'application/problem+json': { schema: Problem } },
  },
};
/** The responses of a route: its answer, and the refusals. */
export const answer = <S extends z.ZodType>(description: string, schema: S) => ({
  200: { description, content: json(schema) },
  ...problems,
});
export const body = <S extends z.ZodType>(schema: S) => ({ body: { required: true, content: json(schema) } });
export const security = [{ bearer: [] }];
