import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validateAction } from '@action-validator/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { read, root } from '../meta/tree.ts';
import { runAction } from '../support/action-runner.ts';
import { ciToken, hasPrograms, openPipelineShop, type PipelineShop, type Step } from '../support/pipeline-shop.ts';
import { poll } from '../support/server.ts';
import { type SeenRequest, type StubReply, type StubServer, startStubServer } from '../support/stub-server.ts';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';

const canRun = hasPrograms('dash', 'curl');

const file = join(root, 'integrations/github/action.yml');
const id = '[0-9a-f-]{36}';
const sha = '0123456789abcdef0123456789abcdef01234567';

describe.skipIf(!canRun)('action.yml', () => {
  const text = readFileSync(file, 'utf8');

  test('is right by the official schema', () => {
    expect(validateAction(text).errors).toEqual([]);
    expect(validateAction(text.replace('shell: sh', 'shall: sh')).errors).not.toEqual([]);
    expect(validateAction(text.replace('using: composite', 'using: composed')).errors).not.toEqual([]);
  });

  test('puts no value into the text of a script', () => {
    const scripts = [...text.matchAll(/run: (.*)/g)].map(([, script = '']) => script);
    expect(scripts.length).toBeGreaterThan(3);
    expect(scripts.filter((script) => script.includes('${{'))).toEqual([]);
  });

  test('no text of the server is Markdown in the summary', () => {
    const [summarize = ''] = /^summarize\(\) \{[\s\S]*?^\}/m.exec(read('integrations/github/step.sh')) ?? [];
    const folder = mkdtempSync(join(tmpdir(), 'bakewatch-summary-'));
    const headline = 'a|b <img src=x> &amp; *c* `d` [e](f) \\ @g';
    const fields = ['service\tshop', 'state\tpassed', 'checks.0.name\thome', 'checks.0.outcome\tpass', `checks.0.headline\t${headline}`];
    writeFileSync(join(folder, 'fields'), `${fields.join('\n')}\nurl\tjavascript:alert(1)\n`);
    const env = { PATH: process.env.PATH, work: folder, GITHUB_STEP_SUMMARY: join(folder, 'summary') };
    expect(spawnSync('dash', ['-c', `${summarize}\nsummarize`], { encoding: 'utf8', env }).stderr).toBe('');
    const summary = readFileSync(env.GITHUB_STEP_SUMMARY, 'utf8');
    expect(summary).toContain('\n| home | ok | a&#124;b &lt;img src=x&gt; &amp;amp; &#42;c&#42; &#96;d&#96; &#91;e](f) &#92; &#64;g |\n');
    expect(summary).not.toContain('javascript');
    rmSync(folder, { recursive: true });
  });

  test('its scripts are right', () => {
    expect(spawnSync('dash', ['-n', join(root, 'integrations/github/step.sh')], { encoding: 'utf8' }).stderr).toBe('');
  });
});

describe.skipIf(!canRun)('a job of GitHub', () => {
  let shop: PipelineShop;
  let issuer: TokenIssuer;
  let api: StubServer;
  let deployments: readonly object[] = [];
  let refuses = false;
  const audience = 'https://bake.example.com';
  beforeAll(async () => {
    issuer = await startTokenIssuer();
    api = await startStubServer();
    api.reply(answer);
    shop = await openPipelineShop(`pipelines:
  - { name: github, issuer: "${issuer.issuer}", audience: "${audience}", claims: { repository_id: 456, environment: production }, verbs: [register, read, operate], services: [shop, slow] }
`);
  });
  beforeEach(() => {
    deployments = [];
    refuses = false;
  });
  afterAll(async () => {
    await shop.close();
    await api.close();
    await issuer.close();
  });

  /** GitHub: the deployments of its API, and the tokens of the job. */
  function answer({ method, url, headers }: SeenRequest): StubReply {
    if (url.startsWith('/token')) {
      if (headers.authorization !== 'Bearer request-token') return { status: 401 };
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: issuer.issuer, aud: new URL(url, 'http://x').searchParams.get('audience'), iat: now, nbf: now, exp: now + 300 };
      const job = { sub: 'repo:acme@123/shop@456:environment:production', repository: 'acme/shop', repository_id: '456', run_id: '77' };
      return {
        body: { value: issuer.token({ ...claims, ...job, environment: 'production', event_name: 'push', ref: 'refs/heads/main' }) },
      };
    }
    if (headers.authorization !== 'Bearer github-token') return { status: 401, body: { message: 'Bad credentials' } };
    if (refuses) return { status: 403, body: { message: 'Resource not accessible by integration' } };
    if (method === 'GET') return { body: deployments };
    return url.endsWith('/statuses') ? { status: 201, body: { id: 1 } } : { status: 201, body: { id: 99 } };
  }

  const statuses = (from: number) =>
    api.requests
      .slice(from)
      .filter(({ url }) => url.endsWith('/statuses'))
      .map(({ url, body }) => ({ at: url, ...(JSON.parse(body) as { state: string; description: string; log_url: string }) }));

  function job(
    version: string,
    inputs: Readonly<Record<string, string>> = {},
    cancelIn?: { id: string; when: (step: Step) => Promise<void> },
  ) {
    shop.release(version);
    return runAction(file, {
      folder: mkdtempSync(join(shop.folder, 'job-')),
      inputs: { url: shop.server.url, audience, service: 'shop', environment: 'production', version, ...inputs },
      github: { sha, run_id: '77', run_attempt: version, token: 'github-token' },
      env: {
        ...{ GITHUB_API_URL: api.url, GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'acme/shop', GITHUB_RUN_ID: '77' },
        ...{ ACTIONS_ID_TOKEN_REQUEST_URL: `${api.url}/token?api-version=2.0`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token' },
      },
      ...(cancelIn && { cancelIn }),
    });
  }

  test('calls without a secret, and shows a release that passes', async () => {
    const from = api.requests.length;
    const { results, outputs, summary } = await job('v1');
    expect(results.get('wait')).toMatchObject({ code: 0 });
    expect(outputs).toMatchObject({ id: expect.stringMatching(id), state: 'passed', url: `${shop.server.url}/deploys/${outputs.id}` });
    expect(summary).toMatch(/^### shop v1 \(production\): passed\n/);
    expect(summary).toMatch(/\n\| check \| result \| \|\n\|---\|---\|---\|\n\| home \| ok \| .* \|\n/);
    expect(summary).toContain(`[The page of this deploy](${outputs.url})`);
    expect(statuses(from)).toMatchObject([
      { at: '/repos/acme/shop/deployments/99/statuses', state: 'in_progress', log_url: outputs.url },
      { state: 'success', description: expect.stringContaining('shop v1: passed') },
    ]);
    const made = api.requests.slice(from).find(({ method, url }) => method === 'POST' && url.endsWith('/deployments'));
    expect(JSON.parse(made?.body ?? '')).toMatchObject({ ref: sha, environment: 'production', auto_merge: false, required_contexts: [] });
    expect(await shop.call('GET', `/v1/deploys/${outputs.id}`)).toMatchObject({ registered_by: 'github: acme/shop run 77' });
  });

  test('fails for a release that was rolled back, with an annotation', async () => {
    deployments = [{ id: 7 }];
    const from = api.requests.length;
    const { results, outputs, summary } = await job('bad');
    expect(results.get('wait')?.code).toBe(3);
    expect(results.get('wait')?.out).toMatch(/^::error title=Bakewatch::shop bad: rolled back to v1/m);
    expect(outputs.state).toBe('rolled_back');
    expect(summary).toMatch(/^### shop bad \(production\): rolled back to v1\n\n- Home: .*HTTP 502/);
    // The deployment that GitHub has made for the environment of the job is used.
    expect(statuses(from).map(({ at, state }) => [at, state])).toEqual(
      ['in_progress', 'failure'].map((state) => ['/repos/acme/shop/deployments/7/statuses', state]),
    );
    for (const { description } of statuses(from)) expect(description.length).toBeLessThanOrEqual(140);
  });

  test('cancels the bake when it is canceled in the middle', async () => {
    const from = api.requests.length;
    const { results, outputs } = await job(
      'v2',
      { service: 'slow' },
      {
        id: 'wait',
        when: (step) => poll('the step waits', () => /\[\d+s\] /.test(step.err())),
      },
    );
    expect(results.get('wait')?.code).toBe(143);
    expect(results.get('step3')?.err).toContain(`canceled the bake of ${outputs.id}`);
    expect(await shop.call('GET', `/v1/deploys/${outputs.id}`)).toMatchObject({ state: 'canceled' });
    expect(statuses(from).map(({ state }) => state)).toEqual(['in_progress', 'inactive']);
    expect(JSON.stringify(await shop.call('GET', '/v1/audit?limit=20'))).toContain('"name":"github: acme/shop run 77"');
  });

  test('leaves the bake alone where the job wishes so', async () => {
    const { outputs } = await job(
      'v3',
      { service: 'slow', 'on-cancel': 'leave' },
      {
        id: 'wait',
        when: (step) => poll('the step waits', () => /\[\d+s\] /.test(step.err())),
      },
    );
    expect(await shop.call('GET', `/v1/deploys/${outputs.id}`)).toMatchObject({ final: false });
  });

  test('does not fail because GitHub refuses its deployments', async () => {
    refuses = true;
    const { results } = await job('v4', { token: ciToken });
    expect(results.get('deployment')?.out).toMatch(/^::warning title=Bakewatch::.*\(403\): Resource not accessible by integration/);
    expect(results.get('wait')?.code).toBe(0);
  });

  test('registers a deploy that begins, and reports its end', async () => {
    const started = await job('v5', { phase: 'started', wait: 'false' });
    expect([...started.results.keys()]).toEqual(['register']);
    const ended = await job('v5', { finished: started.outputs.id ?? '' });
    expect(ended.outputs).toMatchObject({ id: started.outputs.id, state: 'passed' });
  });

  test('fails with the words of the server where it refuses', async () => {
    const { results } = await job('v6', { service: 'other' });
    expect(results.get('register')).toMatchObject({
      code: 1,
      err: expect.stringContaining('github: acme/shop run 77 may not register for other'),
    });
    expect([...results.keys()]).toEqual(['register']);
  });

  test('takes no line of the server for a command', async () => {
    const { results } = await job('v7');
    const marks = [...(results.get('wait')?.out.matchAll(/^::stop-commands::([0-9a-f]{32})$/gm) ?? [])];
    expect(marks).toHaveLength(1);
    expect(results.get('wait')?.out).toContain(`\n::${marks[0]?.[1]}::\n`);
  });
});
