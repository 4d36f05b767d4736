import { describe, expect, test } from 'vitest';
import { openApiText } from '../../script/openapi.ts';
import { noticeBody } from '../../src/notifiers/notice-body.ts';
import { aNotice } from '../support/a-notice.ts';
import { keepContract, type OpenApiDocument, problemsBy } from '../support/contract.ts';

const document: OpenApiDocument = JSON.parse(await openApiText());
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, ...operation })),
);

describe('every operation', () => {
  test('has an id of its own, a tag with a description, and says whether it needs a token', () => {
    const described = document.tags.map(({ name }) => name);
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(operations.length);
    for (const { name, operationId, tags = [], security } of operations) {
      expect(operationId, name).toMatch(/^[a-z]+([A-Z][a-z]+)*$/);
      expect(tags.filter((tag) => described.includes(tag)).length, name).toBe(1);
      expect(security, name).toBeDefined();
    }
  });

  test('that needs a token says what a refusal is', () => {
    for (const { name, responses, security } of operations.filter(({ security: needs = [] }) => needs.length > 0))
      expect(Object.keys(responses), `${name} ${security}`).toEqual(expect.arrayContaining(['400', '401', '403', '429', '500', '503']));
  });

  test('that only reads is in no conflict', () => {
    for (const { name, responses } of operations.filter((one) => one.name.startsWith('get ')))
      expect(responses, name).not.toHaveProperty('409');
  });
});

describe('examples', () => {
  const examples = Object.entries(document.components.schemas).flatMap(([name, schema]) =>
    typeof schema === 'object' && 'example' in schema ? [{ name, example: schema.example }] : [],
  );
  test.for(examples)('are valid: $name', ({ name, example }) => {
    expect(problemsBy(document, `/components/schemas/${name}`)(example)).toBe(null);
  });
  test('are there for what is sent first', () => {
    expect(examples.map(({ name }) => name)).toEqual(expect.arrayContaining(['RegisterDeploy', 'DeploySummary', 'Problem', 'Notice']));
  });
});

test('a notice is what the document says of webhooks', () => {
  const sent = JSON.parse(JSON.stringify(noticeBody(aNotice())));
  expect(problemsBy(document, '/components/schemas/Notice.closed')(sent)).toBe(null);
  expect(Object.keys(document.webhooks)).toEqual(['notice', 'rollbackOrder', 'shiftOrder']);
});

describe('the check of the contract finds', () => {
  const reason = { id: '47f0c12b-4af8-4105-92e5-05379123ad2c' };
  const problem = { type: 'about:blank', title: 'x', status: 404, detail: 'x' };
  const jsonProblem = 'application/problem+json';
  test.for([
    { name: 'a field that is missing', path: '/v1/services', body: {}, status: 200, says: "must have required property 'services'" },
    { name: 'a field too many', path: '/v1/services', body: { services: [], next: 1 }, status: 200, says: 'unevaluated' },
    { name: 'a deploy cut short', path: `/v1/deploys/${reason.id}`, body: reason, status: 200, says: "required property 'url'" },
    { name: 'an unlisted status', path: '/v1/services', body: problem, status: 409, type: jsonProblem, says: 'lists only 200,' },
    { name: 'an unlisted type', path: '/v1/services', body: problem, status: 403, says: 'lists only the types application/problem+json' },
    { name: 'an address that is not there', path: '/v1/nothing', body: {}, status: 200, says: 'it is not in the document' },
  ])('$name', async ({ path, body, status, type = 'application/json', says }) => {
    const answer = () => new Response(JSON.stringify(body), { status, headers: { 'content-type': type } });
    const server = keepContract({ fetch: (_: Request): Response | Promise<Response> => answer() });
    await expect(Promise.resolve(server.fetch(new Request(`http://localhost:8700${path}`)))).rejects.toThrow(says);
  });
});
