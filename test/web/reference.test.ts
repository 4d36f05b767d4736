import { describe, expect, test } from 'vitest';
import { AppError } from '../../src/core/base/errors.ts';
import type { Store } from '../../src/ports/store.ts';
import { fieldsOf, typeWords } from '../../src/web/reference-fields.ts';
import { read } from '../meta/tree.ts';
import { aReadingApi } from '../support/reading-api.ts';

/** A database that does not answer. */
const awayError = async () => {
  throw new AppError('unavailable', 'the database does not answer');
};
// A proxy has every method.
const away = new Proxy({}, { get: () => awayError }) as Store;

/** The page as a stranger gets it. */
async function pageAt(path: string) {
  const answer = await aReadingApi(away, [{ name: 'ci', sha256: 'x', verbs: ['read'], services: [], environments: [] }]).request(path, {
    headers: { host: 'localhost:8700' },
  });
  return { status: answer.status, text: await answer.text(), policy: answer.headers.get('content-security-policy') ?? '' };
}

describe('/docs', () => {
  test('has every operation, webhook and schema of the document that the server answers with, without a token and without the database', async () => {
    const { status, text } = await pageAt('/docs');
    expect(status).toBe(200);
    const document = JSON.parse((await pageAt('/openapi.json')).text);
    const operations = [document.paths, document.webhooks].flatMap((paths) => Object.values<object>(paths).flatMap(Object.values));
    expect(operations.length).toBeGreaterThan(35);
    for (const { operationId } of operations) {
      expect(text).toContain(`<h3 id="${operationId}">`);
      expect(text).toContain(`href="#${operationId}"`);
    }
    for (const name of Object.keys(document.components.schemas)) expect(text).toContain(`id="schema-${name}"`);
    const targets = [...text.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(targets.filter((id) => !text.includes(`id="${id}"`))).toEqual([]);
  });

  test('describes parameters, bodies with nested fields, and every status', async () => {
    const { text } = await pageAt('/docs');
    const register = text.slice(text.indexOf('<h3 id="registerDeploy">'), text.indexOf('<h3 id="listDeploys">'));
    expect(register).toContain('<code>idempotency-key</code>');
    expect(register).toContain('href="#schema-RegisterDeploy"');
    expect(register).toContain('<b>409</b>');
    const body = text.slice(text.indexOf('id="schema-RegisterDeploy"'), text.indexOf('id="schema-RegisteredDeploy"'));
    expect(body).toContain('<code>service</code> <span class="third">required</span>');
    expect(body).toContain('<code>links[].url</code>');
  });

  test('needs no script, no style and no file of another site', async () => {
    const { text, policy } = await pageAt('/docs');
    expect(policy).not.toContain('unsafe');
    expect(text).not.toMatch(/ style="|<style|<script(?! src="\/assets\/)|(?:src|href)="(?:https?:)?\/\//);
  });
});

describe('types in words', () => {
  test.for([
    [{ type: 'string', maxLength: 8 }, 'string, at most 8 characters'],
    [{ type: ['integer', 'null'], minimum: 1, maximum: 9 }, 'integer from 1 to 9 or null'],
    [{ enum: ['a', 'b'] }, '"a", "b"'],
    [{ anyOf: [{ $ref: '#/components/schemas/Deploy' }, { type: 'null' }] }, 'Deploy or null'],
    [{ type: 'array', items: { type: 'object', properties: {} } }, 'list of object'],
    [{ type: 'object', additionalProperties: { type: 'string', format: 'date-time' } }, 'map of string (date-time)'],
  ] as const)('%j', ([schema, words]) => {
    // A copy: literals are read-only.
    expect(typeWords(structuredClone(schema) as Parameters<typeof typeWords>[0])).toBe(words);
  });

  test('fields of what a schema extends come first, and paths lead through lists and maps', () => {
    const base = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] };
    const more = {
      type: 'object',
      properties: { list: { type: 'array', items: base }, map: { type: 'object', additionalProperties: base } },
    };
    const fields = fieldsOf({ allOf: [{ $ref: '#/components/schemas/Base' }, more] }, { Base: base });
    expect(fields.map(({ path, isRequired }) => [path, isRequired])).toEqual([
      ['id', true],
      ['list', false],
      ['list[].id', true],
      ['map', false],
      ['map.*.id', true],
    ]);
  });
});

test('the file that the page is made of is the one that the package has', () => {
  expect(read('script/package-manifests.ts')).toContain("'docs/reference/openapi.json'");
});
