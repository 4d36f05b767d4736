import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readEnv } from '../../src/app/env.ts';
import { plugins } from '../../src/app/plugins.ts';
import { runLiveCheck } from '../../src/app/run-live-check.ts';
import { type ProgramDeps, runProgram } from '../../src/cli/program.ts';
import { checkFiles } from '../../src/rules/check-files.ts';
import { hasPrometheus } from '../support/prometheus.ts';
import { call, poll } from '../support/server.ts';
import { openShop, type Shop } from './shop.ts';

/** The label is `code`; there is no `status`. */
const judging = `checks:
  errors:
    provider: prom
    ratio: { bad: 'http_requests_total{job="shop",status="500"}', total: 'http_requests_total{job="shop"}' }
    fail_when: [{ above: 10%, for: 2 of 3 }, regression]
    min_samples: 1
on_failure: notify
notify: [team]
`;

describe.runIf(hasPrometheus())('a rule with a label that does not exist', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop({ forSeconds: 6, judging });
    shop.failing(0.2);
    await poll('the total is there', async () => (await liveCheck(shop)).out.includes('bad matches 0 series, total 2'));
  });
  afterAll(() => shop?.close());

  test('check --live says it with its place, and refuses it', async () => {
    const { code, out, err } = await liveCheck(shop);
    expect([code, out]).toEqual([2, expect.stringContaining('errors: bad matches 0 series, total 2')]);
    expect(err).toMatch(
      /shop\.yaml:\d+:\d+ checks\.errors\.ratio\.bad: error: unproven: `bad` has matched no series in 14d, while `total` has/,
    );
    expect(err).toContain('there is no label `status`; the labels are code');
    expect(err).toContain('1 error, 0 warnings');
  });

  test('the registration warns of it, and the bake passes with low confidence and the reason', async () => {
    const body = { service: 'shop', environment: 'production', version: 'v1' };
    const registered = await call<{ id: string; warnings: string[] }>(shop.server, 'POST', '/v1/deploys', body);
    expect(registered.body.warnings).toEqual([expect.stringMatching(/^errors: unproven: `bad` has matched no series/)]);
    const passed = await shop.until(registered.body.id, 'passed');
    expect(passed).toMatchObject({ confidence: 'low' });
    const { reasons } = passed as unknown as { reasons: string[] }; // The test's type has no reasons.
    expect(reasons.join('\n')).toMatch(/Errors: unproven: .*no label `status`; the labels are code/);
  });

  test('the next release is unproven too', async () => {
    const id = await shop.deploy('v2');
    expect(await shop.until(id, 'passed')).toMatchObject({ confidence: 'low' });
  });
});

/** Runs `bakewatch check --live` on the files of the shop's server. */
async function liveCheck(shop: Shop): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const printed = { out: '', err: '' };
  const into = (name: 'out' | 'err') =>
    new Writable({
      write(chunk, _encoding, done) {
        printed[name] += String(chunk);
        done();
      },
    });
  const readFile = (path: string) => readFileSync(path, 'utf8');
  const listFiles = (folder: string) => readdirSync(folder);
  const env = readEnv({ PATH: process.env.PATH });
  const deps: Partial<ProgramDeps> = {
    io: { out: into('out'), err: into('err'), isTerminal: false, now: () => 0, sleep: async () => {} },
    checkFiles: (files) => checkFiles(files, { env: env.all, readFile, listFiles, plugins }),
    runLiveCheck: (options) => runLiveCheck(options, { env, readFile, listFiles, now: () => Date.now() }),
    version: '0',
    serverUrl: 'http://127.0.0.1:8700',
    token: null,
  };
  // No other command is run.
  const code = await runProgram(['check', '--live', join(shop.server.folder, 'bakewatch.yaml')], deps as ProgramDeps);
  return { code, ...printed };
}
