import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../meta/tree.ts';
import { ciToken, hasPrograms, openPipelineShop, type PipelineShop, startStep } from '../support/pipeline-shop.ts';
import { startStubServer } from '../support/stub-server.ts';

const hasPhp = hasPrograms('php');
const recipe = join(root, 'integrations/deployer/bakewatch.php');
const deployer = join(root, 'test/fixtures/deployer.php');

describe.skipIf(!hasPhp)('the recipe for Deployer', () => {
  let shop: PipelineShop;
  beforeAll(async () => {
    shop = await openPipelineShop();
  });
  afterAll(() => shop.close());

  function deploy(target: string, env: Readonly<Record<string, string>> = {}) {
    shop.release(env.RUNS ?? target);
    const folder = mkdtempSync(join(shop.folder, 'release-'));
    writeFileSync(join(folder, 'REVISION'), 'abcdef1\n');
    const variables = {
      BAKEWATCH_URL: shop.server.url,
      BAKEWATCH_TOKEN: ciToken,
      RELEASE_PATH: folder,
      BAKEWATCH_BUILD_ID: `build-${target}`,
      ...env,
    };
    return startStep(['php', deployer, recipe, target], { cwd: shop.folder, env: variables }).ended;
  }
  const found = async (build: string) =>
    (await shop.call<{ deploys: readonly { state: string; final: boolean; release: object }[] }>('GET', `/v1/deploys?build_id=${build}`))
      .deploys;

  test('registers before the switch, reports the end, and waits for the verdict', async () => {
    const { code, out } = await deploy('v1');
    const tasks = [...out.matchAll(/^task (.*)$/gm)].map(([, name]) => name);
    expect(tasks).toEqual([
      ...['deploy:update_code', 'bakewatch:started', 'deploy:symlink', 'bakewatch:finished', 'workers:reload'],
      ...['deploy:success', 'bakewatch:wait'],
    ]);
    expect(out).toMatch(/^info Bakewatch: http\S+\/deploys\/\S+$/m);
    expect(out).toMatch(/^info shop v1: passed/m);
    expect(code).toBe(0);
    expect(await found('build-v1')).toMatchObject([{ state: 'passed', release: { version: 'v1', commit: 'abcdef1' } }]);
  });

  test('names a release by its commit where no tag is deployed', async () => {
    expect((await deploy('HEAD', { RUNS: 'abcdef1' })).out).toMatch(/^info shop abcdef1: passed/m);
  });

  test('ends with the verdict of a release that was rolled back', async () => {
    const { code, out } = await deploy('bad');
    expect(out).toMatch(/^shop bad: rolled back to \w+ because of .*HTTP 502/m);
    expect(code).toBe(1);
  });

  test('cancels the bake of a deploy that fails before the switch, and not of one that fails later', async () => {
    expect(await deploy('v2', { FAIL_IN: 'deploy:symlink' })).toMatchObject({ code: 255 });
    expect(await found('build-v2')).toMatchObject([{ state: 'canceled' }]);
    const later = await deploy('v3', { FAIL_IN: 'workers:reload' });
    expect(later.out).toContain('the release is in place, so its bake goes on');
    expect(await found('build-v3')).toMatchObject([{ release: { version: 'v3' } }]);
    expect((await found('build-v3'))[0]?.state).not.toBe('canceled');
  });

  test('registers nothing where the deploy fails early', async () => {
    expect((await deploy('v4', { FAIL_IN: 'deploy:update_code' })).code).toBe(255);
    expect(await found('build-v4')).toEqual([]);
  });

  test('ends with the words of the server where it refuses', async () => {
    const { code, out } = await deploy('v5', { BAKEWATCH_TOKEN: 'another' });
    expect(out).toContain('Bakewatch: the token is not known');
    expect(code).toBe(255);
  });

  test('sends its token to no other machine over plain HTTP', async () => {
    const { out } = await deploy('v6', { BAKEWATCH_URL: 'http://bake.example.com' });
    expect(out).toContain('to the https address of the Bakewatch server');
  });
});

test.skipIf(!hasPhp)('a server that is away is called again, and learns how long ago the first try was', async () => {
  const stub = await startStubServer();
  const answer = {
    id: 'd1',
    url: 'u',
    service: 'shop',
    release: { version: 'v1' },
    state: 'passed',
    final: true,
    summary: 'passed {{x}}\n::error',
    checks: [],
  };
  const replies = [{ status: 503, body: { detail: 'the server is starting' } }];
  stub.reply(() => replies.shift() ?? { body: answer });
  const env = { BAKEWATCH_URL: stub.url, RELEASE_PATH: root };
  const { code, out } = await startStep(['php', deployer, recipe, 'v1'], { cwd: root, env }).ended;
  expect(out).toContain('warning Bakewatch: the server is starting; retrying');
  expect(out).toContain('info shop v1: passed { {x} } ::error\n');
  expect(code).toBe(0);
  const posts = stub.requests.filter(({ url }) => url === '/v1/deploys');
  expect(posts.map(({ headers }) => 'bakewatch-first-try-ago' in headers)).toEqual([false, true, false, false]);
  // Each task is a process of its own, and all of them mean the same deploy.
  expect(new Set(posts.map(({ body }) => (JSON.parse(body) as { build_id: string }).build_id)).size).toBe(1);
  await stub.close();
});
