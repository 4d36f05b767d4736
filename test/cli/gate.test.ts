import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readEnv } from '../../src/app/env.ts';
import { runGate } from '../../src/app/run-gate.ts';
import { type ProgramDeps, runProgram } from '../../src/cli/program.ts';
import { type StubReply, type StubServer, startStubServer } from '../support/stub-server.ts';

let site: StubServer;
let folder = '';
beforeEach(async () => {
  site = await startStubServer();
  folder = mkdtempSync(join(tmpdir(), 'bakewatch-gate-'));
});
afterEach(async () => {
  await site.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Writes a file into the folder and gives its path. */
function aFile(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const quick = 'within: 1s, attempts: 2, apart: 10ms';
const rulesWith = (checks: string): string =>
  aFile('rules.yaml', `rules: 1\nservice: shop\nenvironment: production\nchecks:\n${checks}\nrollback: { hook: somewhere }\n`);
const aHome = (more = '', rest = ''): string => `  home: { probe: { http: "${site.url}/", ${quick}${more} }${rest} }`;

type Ended = { readonly code: number; readonly out: string; readonly err: string };

/** Runs the command line, and what it prints. */
async function run(...argv: readonly string[]): Promise<Ended> {
  const printed = { out: '', err: '' };
  const into = (name: 'out' | 'err') =>
    new Writable({
      write(chunk, _encoding, done) {
        printed[name] += String(chunk);
        done();
      },
    });
  const world = { env: readEnv({ PATH: process.env.PATH }), readFile: (path: string) => readFileSync(path, 'utf8'), now: () => Date.now() };
  const deps: Partial<ProgramDeps> = {
    io: { out: into('out'), err: into('err'), isTerminal: false, now: () => 0, sleep: async () => {} },
    runGate: (options, progress) =>
      runGate(options, { ...world, sleep: (ms) => sleep(Math.min(ms, 20)), progress, signal: new AbortController().signal }),
    version: '0',
    serverUrl: 'http://127.0.0.1:8700',
    token: null,
  };
  const code = await runProgram(['gate', ...argv], deps as ProgramDeps); // No other command is run.
  return { code, ...printed };
}

describe('bakewatch gate', () => {
  test('passes when every probe does, without a server or a config', async () => {
    const { code, out, err } = await run(rulesWith(`${aHome()}\n  port: { probe: { tcp: "${new URL(site.url).host}", ${quick} } }`));
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n')).toEqual([
      expect.stringMatching(/^shop\/home: passed: 2 of 2 attempts passed: HTTP 200 in \d+ ms; within the limit, in \d+\.\d s$/),
      expect.stringMatching(/^shop\/port: passed: 2 of 2 attempts passed: connected in \d+ ms; within the limit, in \d+\.\d s$/),
      '',
    ]);
  });

  test('fails at the first bad reading, however damped a bake is', async () => {
    site.reply({ status: 502 });
    const { code, out } = await run(rulesWith(aHome('', ', fail_when: { above: 50%, for: 3 of 3 }')));
    expect(code).toBe(4);
    expect(out).toMatch(/^shop\/home: failed: 2 of 2 attempts failed: HTTP 502, expected 200 to 299; the limit is 50 %, exceeded/);
  });

  test('an advisory probe is shown and decides nothing', async () => {
    site.reply({ status: 502 });
    const { code, out } = await run(rulesWith(aHome('', ', critical: false')));
    expect(code).toBe(0);
    expect(out).toMatch(/^shop\/home \(advisory\): failed: /);
  });

  test('waits until all pass', async () => {
    site.reply((): StubReply => ({ status: site.requests.length > 6 ? 200 : 503 }));
    const { code, out, err } = await run(rulesWith(aHome()), '--wait', '20s', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      outcome: 'pass',
      rounds: 4,
      probes: [{ service: 'shop', environment: 'production', check: 'home', critical: true, tries: `GET ${site.url}/`, outcome: 'pass' }],
    });
    expect(err).toMatch(/^not yet: shop\/home: failed: 2 of 2 attempts failed: HTTP 503[^\n]*\n$/);
  });

  test('says what it saw last when the waiting is over', async () => {
    site.reply({ status: 503 });
    const { code, out } = await run(rulesWith(aHome()), '--wait', '1500ms');
    expect(code).toBe(4);
    expect(out).toMatch(/^shop\/home: failed: 2 of 2 attempts failed: HTTP 503/);
  });

  test('fills in what it is told, and refuses what is no name', async () => {
    site.reply({ body: 'v2 of blog in production' });
    const rules = rulesWith(aHome(', body: "$version of $service in $environment"'));
    expect((await run(rules, '--version', 'v2', '--service', 'blog')).code).toBe(0);
    expect((await run(rules, '--version', 'v1', '--service', 'blog')).code).toBe(4);
    expect(await run(rules)).toMatchObject({
      code: 5,
      out: expect.stringMatching(/home: error: could not be probed: the query needs \$version/),
    });
    expect(await run(rules, '--version', '-x')).toMatchObject({
      code: 5,
      out: expect.stringMatching(/the value of \$version must start with a letter/),
    });
  });

  test('runs commands only where a config allows it', async () => {
    const mark = join(folder, 'mark');
    const rules = rulesWith(`  c: { probe: { command: [touch, "${mark}"], ${quick} } }`);
    expect(await run(rules)).toMatchObject({
      code: 78,
      err: expect.stringMatching(/rules\.yaml:5:\d+ checks\.c\.probe\.command: probes may not run commands/),
    });
    expect(existsSync(mark)).toBe(false);
    const config = aFile(
      'bakewatch.yaml',
      'config: 1\nproviders: { probe: { type: probe, commands: true } }\nhooks: { somewhere: { type: command, rollback: [a] } }\nrules: no-such.yaml\n',
    );
    expect(await run(rules, '--config', config)).toMatchObject({ code: 0, err: '' });
    expect(existsSync(mark)).toBe(true);
  });

  test('a probe that could not be made is neither passed nor failed', async () => {
    const { code, out } = await run(rulesWith('  c: { probe: { http: "http://no-such-host.invalid/", within: 1s } }'));
    expect([code, out]).toEqual([
      5,
      expect.stringMatching(/^shop\/c: error: could not be probed: no-such-host\.invalid could not be reached/),
    ]);
  });

  test('without a config other providers are taken on trust; without a probe there is nothing to do', async () => {
    const metric = '  up: { provider: prom, value: up, fail_when: { below: 1 } }';
    expect((await run(rulesWith(`${aHome()}\n${metric}`))).code).toBe(0);
    expect(await run(rulesWith(metric))).toMatchObject({ code: 2, err: expect.stringContaining('these rules have no probe') });
  });

  test('mistakes are told with their place', async () => {
    expect(await run(rulesWith('  c: { probe: { htp: "x" } }'), join(folder, 'none.yaml'))).toMatchObject({
      code: 78,
      err: expect.stringMatching(
        /none\.yaml:1:1 the file .* cannot be read: it does not exist\n.*rules\.yaml:5:\d+ checks\.c\.probe: the probe tries nothing/,
      ),
    });
  });

  test.for([[], ['a.yaml', '--wait', 'soon']])('gate %j is a usage error', async (argv) => {
    expect((await run(...argv)).code).toBe(2);
  });
});
