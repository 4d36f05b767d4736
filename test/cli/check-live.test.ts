import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readEnv } from '../../src/app/env.ts';
import { plugins } from '../../src/app/plugins.ts';
import { runLiveCheck } from '../../src/app/run-live-check.ts';
import { type ProgramDeps, runProgram } from '../../src/cli/program.ts';
import { checkFiles } from '../../src/rules/check-files.ts';
import { type StubServer, startStubServer } from '../support/stub-server.ts';

let server: StubServer;
let folder: string;
beforeEach(async () => {
  server = await startStubServer();
  folder = mkdtempSync(join(tmpdir(), 'bakewatch-live-'));
  write('bakewatch.yaml', `config: 1\nproviders:\n  prom: { type: prometheus, url: "${server.url}" }\nrules: [shop.yaml]\n`);
  rules('x{code="500",version="$version"}');
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const rules = (bad: string, more = '') =>
  write(
    'shop.yaml',
    `rules: 1\nservice: shop\nenvironment: production\nchecks:\n  errors:\n    provider: prom\n    ratio:\n      bad: '${bad}'\n      total: x\n${more}`,
  );
/** Answers with these values of the label `code`: those of the selector `x`, and of any other. */
const answer = (all: readonly string[], bad: readonly string[]) =>
  server.reply(({ url, body }) => {
    const codes = new URLSearchParams(body).get('match[]') === 'x' ? all : bad;
    if (url.endsWith('/series')) return { body: { status: 'success', data: codes.map((code) => ({ __name__: 'x', code })) } };
    return { body: { status: 'success', data: { resultType: 'vector', result: [{ metric: {}, value: [1, '1'] }] } } };
  });

async function check(...files: readonly string[]) {
  const printed = { out: '', err: '' };
  const into = (name: 'out' | 'err') =>
    new Writable({
      write(chunk, _encoding, done) {
        printed[name] += String(chunk);
        done();
      },
    });
  const world = {
    env: readEnv({ PATH: process.env.PATH }),
    readFile: (path: string) => readFileSync(path, 'utf8'),
    listFiles: (path: string) => readdirSync(path),
  };
  const deps: Partial<ProgramDeps> = {
    io: { out: into('out'), err: into('err'), isTerminal: false, now: () => 0, sleep: async () => {} },
    checkFiles: (named) => checkFiles(named, { ...world, env: world.env.all, plugins }),
    runLiveCheck: (options) => runLiveCheck(options, { ...world, now: () => Date.now() }),
    version: '0',
    serverUrl: 'http://127.0.0.1:8700',
    token: null,
  };
  const argv = files.map((file) => (file.endsWith('.yaml') ? join(folder, file) : file));
  const code = await runProgram(['check', '--live', ...argv], deps as ProgramDeps); // No other command is run.
  return { code, ...printed };
}

describe('bakewatch check --live', () => {
  test('says what it asked, with the version left open, and passes', async () => {
    answer(['200', '500'], ['500']);
    const { code, out, err } = await check('bakewatch.yaml');
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('errors: bad matches 1 series, total 2 (asked for any $version)');
    const asked = server.requests.map(({ body }) => new URLSearchParams(body).get('match[]'));
    expect(asked).toContain('x{code="500",version=~".+"}');
  });

  test('prints the notes about selectors that it reads in another way', async () => {
    rules('rate(x{code="500"}[5m])');
    answer(['200', '500'], ['500']);
    const { code, err } = await check('bakewatch.yaml');
    expect(code).toBe(0);
    expect(err).toMatch(/^.*shop\.yaml:8:12 checks\.errors\.ratio\.bad: note: read as the counter x\{code="500"\}/);
  });

  test('prints a warning, and still exits with 0', async () => {
    rules('x{code="503"}');
    answer(['200'], []);
    const { code, err } = await check('bakewatch.yaml');
    expect(code).toBe(0);
    expect(err).toMatch(/shop\.yaml:8:12 checks\.errors\.ratio\.bad: warning: unproven: .*code is 200 there/);
    expect(err).toContain('0 errors, 1 warning');
  });

  test('an error exits with 2', async () => {
    rules('x{status="500"}');
    answer(['200'], []);
    const { code, err } = await check('shop.yaml', '--config', 'bakewatch.yaml');
    expect([code, err]).toEqual([2, expect.stringContaining('error: unproven: `bad`')]);
  });

  test('a query that the server refuses exits with 2, with the words of the server', async () => {
    server.reply({ status: 400, body: { status: 'error', errorType: 'bad_data', error: 'unknown position' } });
    const { code, err } = await check('bakewatch.yaml');
    expect([code, err]).toEqual([2, expect.stringMatching(/the server refuses `bad`: .*unknown position/)]);
  });

  test('a server that cannot be asked exits with 1, and is no finding', async () => {
    server.reply({ status: 503 });
    const { code, err } = await check('bakewatch.yaml');
    expect([code, err]).toEqual([1, expect.stringMatching(/errors: .*503.*\(could not be asked\)/)]);
    expect(err).not.toContain('unproven');
  });

  test('needs a config, and files without a mistake', async () => {
    expect(await check('shop.yaml')).toMatchObject({ code: 2, err: expect.stringContaining('--live needs one config') });
    write('shop.yaml', 'rules: 1\n');
    expect(await check('bakewatch.yaml')).toMatchObject({ code: 2, err: expect.stringContaining('problem') });
    expect(server.requests).toEqual([]);
  });
});
