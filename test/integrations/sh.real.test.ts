import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../meta/tree.ts';
import { freePort } from '../support/free-port.ts';
import { ciToken, hasPrograms, openPipelineShop, type PipelineShop, type Step, shyToken, startStep } from '../support/pipeline-shop.ts';
import { poll } from '../support/server.ts';
import { startStubServer } from '../support/stub-server.ts';

const canRun = hasPrograms('dash', 'curl');

const script = join(root, 'integrations/sh/bakewatch.sh');
const id = '[0-9a-f-]{36}';

describe.skipIf(!canRun)('the script for pipelines', () => {
  let shop: PipelineShop;
  beforeAll(async () => {
    shop = await openPipelineShop();
    shop.release('v1');
    expect(await deploy('v1').ended).toMatchObject({ code: 0 });
  });
  afterAll(() => shop.close());

  const sh = (argv: readonly string[], env: Readonly<Record<string, string>> = {}): Step =>
    startStep(['dash', script, ...argv], {
      cwd: shop.folder,
      env: { BAKEWATCH_URL: shop.server.url, BAKEWATCH_TOKEN: ciToken, ...env },
    });
  const argvOf = (version: string, service = 'shop') => ['deploy', '-s', service, '-e', 'production', '-v', version];
  function deploy(version: string, more: readonly string[] = [], env = {}): Step {
    shop.release(version);
    return sh([...argvOf(version), '--wait', ...more], env);
  }

  test('prints what the bake does, and ends with 0 when it has passed', async () => {
    const outputs = join(shop.folder, 'outputs');
    const { code, out, err } = await deploy('v2', ['--outputs', outputs]).ended;
    expect(err).toMatch(new RegExp(`^registered ${id}: ${shop.server.url}/deploys/${id}\n`));
    expect(out).toMatch(/^shop v2 \(production\): passed/);
    expect(out).toMatch(new RegExp(` {2}${shop.server.url}/deploys/${id}\n$`));
    expect(readFileSync(outputs, 'utf8')).toMatch(new RegExp(`^id=${id}\nurl=\\S+\nstate=passed\nsummary=.+\n$`));
    expect(code).toBe(0);
  });

  test('says why a release was rolled back, and ends with 3', async () => {
    const { code, out } = await deploy('bad').ended;
    expect(out).toMatch(/^shop bad \(production\): rolled back to v\d\n {2}Home: .*HTTP 502/);
    expect(code).toBe(3);
  });

  test('registers what it is given, with every character, and the same build once', async () => {
    const title = 'a "title" \\ with\nlines and ü';
    const argv = [
      ...argvOf('v4'),
      '--build-id',
      'b"1',
      '--commit',
      'abc1234',
      '--link',
      `${title}=https://x.example/?a=b`,
      '--meta',
      'k=v=w',
    ];
    shop.release('v4');
    const [one, two] = [await sh(argv).ended, await sh(argv).ended];
    expect(one).toMatchObject({ code: 0, out: expect.stringMatching(new RegExp(`^${id}\n${shop.server.url}/deploys/${id}\n$`)) });
    expect(two.out).toBe(one.out);
    const shown = await shop.call<{ release: object; links: object }>('GET', `/v1/deploys/${one.out.split('\n')[0]}`);
    expect(shown).toMatchObject({
      release: { version: 'v4', commit: 'abc1234', metadata: { k: 'v=w' } },
      links: [{ title: 'a "title" \\ with lines and ü', url: 'https://x.example/?a=b' }],
    });
    expect(await sh(['wait', one.out.split('\n')[0] ?? '']).ended).toMatchObject({ code: 0 });
  });

  test('a deploy that takes its time is registered as started, and waits for its end', async () => {
    shop.release('v5');
    const started = await sh([...argvOf('v5'), '--phase', 'started']).ended;
    expect(await sh(['finished', started.out.split('\n')[0] ?? '', '--wait']).ended).toMatchObject({ code: 0 });
  });

  test('stops waiting after its time with 7', async () => {
    const step = sh([...argvOf('v6', 'slow'), '--wait', '--timeout', '1s']);
    expect(await step.ended).toMatchObject({ code: 7, err: expect.stringContaining('stopped waiting after 1s; the bake goes on') });
  });

  test.for(['SIGTERM', 'SIGINT'] as const)('cancels the bake on %s', async (signal) => {
    const step = sh([...argvOf(`v7-${signal}`, 'slow'), '--wait']);
    const found = await registered(step);
    step.signal(signal);
    expect(await step.ended).toMatchObject({
      code: signal === 'SIGINT' ? 130 : 143,
      err: expect.stringContaining(`canceled the bake of ${found}`),
    });
    expect(await shop.call('GET', `/v1/deploys/${found}`)).toMatchObject({ state: 'canceled' });
  });

  test('a token that may not operate cannot cancel, and the log says so', async () => {
    const step = sh([...argvOf('v8', 'slow'), '--wait'], { BAKEWATCH_TOKEN: shyToken });
    const found = await registered(step);
    step.signal('SIGTERM');
    expect(await step.ended).toMatchObject({ err: expect.stringContaining('was not canceled: the token shy may not operate') });
    expect(await shop.call('GET', `/v1/deploys/${found}`)).toMatchObject({ final: false });
  });

  test('the bake goes on where the job wishes so', async () => {
    const step = sh([...argvOf('v9', 'slow'), '--wait'], { BAKEWATCH_ON_CANCEL: 'leave' });
    const found = await registered(step);
    step.signal('SIGTERM');
    expect((await step.ended).code).toBe(143);
    expect(await shop.call('GET', `/v1/deploys/${found}`)).toMatchObject({ final: false });
  });

  async function registered(step: Step): Promise<string> {
    const pattern = new RegExp(`registered (${id})[^]*\\[\\d+s\\] `);
    await poll('the script waits', () => pattern.test(step.err()));
    return pattern.exec(step.err())?.[1] ?? '';
  }

  test('refuses what is wrong as a usage error, with the place', async () => {
    const refusals: readonly (readonly [readonly string[], Record<string, string>, string])[] = [
      [['deploy', '-s', 'shop'], {}, 'deploy needs -s SERVICE'],
      [[...argvOf('v1'), '--tiemout', '1m'], {}, 'there is no option --tiemout'],
      [[...argvOf('v1'), '--timeout', 'soon'], {}, 'not "soon"'],
      [[...argvOf('v1'), '--link', 'x'], {}, '--link takes NAME=VALUE, not "x"'],
      [[...argvOf('v1'), '--commit'], {}, '--commit needs a value'],
      [['wait'], {}, 'wait needs the id'],
      [['wait', 'a/b'], {}, 'not the id of a deploy'],
      [['watch'], {}, 'there is no command "watch"'],
      [argvOf('v1'), { BAKEWATCH_URL: '' }, 'set BAKEWATCH_URL'],
      [argvOf('v1'), { BAKEWATCH_URL: 'http://bake.example.com' }, 'could be read on the way'],
      [argvOf('v1'), { BAKEWATCH_TOKEN: 'a\n' }, 'BAKEWATCH_TOKEN has a character'],
      [argvOf('no spaces'), {}, 'body.version'],
    ];
    for (const [argv, env, words] of refusals) {
      expect(await sh(argv, env).ended).toMatchObject({ code: 2, out: '', err: expect.stringContaining(words) });
    }
  });

  test('ends with 1 and the words of the server where it refuses', async () => {
    expect(await sh(argvOf('v1'), { BAKEWATCH_TOKEN: 'another' }).ended).toMatchObject({
      code: 1,
      err: expect.stringContaining('is not known'),
    });
    expect(await sh(argvOf('v1', 'other')).ended).toMatchObject({ code: 1, err: expect.stringContaining('may not register') });
  });

  test('says that no server is there', async () => {
    const env = { BAKEWATCH_URL: `http://127.0.0.1:${await freePort()}` };
    expect(await sh([...argvOf('v1'), '--retry', '0s'], env).ended).toMatchObject({
      code: 1,
      err: expect.stringContaining('is the server running'),
    });
  });
});

describe.skipIf(!canRun)('a server that is away for a while', () => {
  const answer = {
    ...{ id: 'd1', url: 'https://b.example/deploys/d1', service: 'shop', environment: 'production', release: { version: 'v1' } },
    ...{ state: 'passed', final: true, bake_version: 3, summary: 'passed', target: null, checks: [], explained: [], asides: [] },
  };
  const run = (url: string, env: Readonly<Record<string, string>> = {}) =>
    startStep(['dash', script, 'deploy', '-s', 'shop', '-e', 'production', '-v', 'v1', '--wait'], {
      cwd: root,
      env: { BAKEWATCH_URL: url, BAKEWATCH_TOKEN: 'a-token', ...env },
    }).ended;

  test('is called again, as one deploy, and learns how long ago the first try was', async () => {
    const stub = await startStubServer();
    const replies = [
      { status: 503, headers: { 'retry-after': '1' }, body: { detail: 'the server is starting' } },
      { status: 429, headers: { 'retry-after': '1' }, body: { detail: 'more than 1,200 requests in a minute' } },
      { status: 502, headers: { 'retry-after': '1' }, body: '<html>bad gateway' },
      'drop' as const,
      { status: 201, body: answer },
      { status: 500, headers: { 'retry-after': '1' }, body: '' },
    ];
    stub.reply(() => replies.shift() ?? { body: answer });
    const { code, out, err } = await run(stub.url);
    const posts = stub.requests.filter(({ method }) => method === 'POST');
    expect(posts).toHaveLength(5);
    expect(new Set(posts.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(posts[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f]{32}$/);
    expect(posts.map(({ headers }) => 'bakewatch-first-try-ago' in headers)).toEqual([false, true, true, true, true]);
    for (const words of ['the server is starting', 'more than 1,200', 'answered 502', 'Empty reply']) expect(err).toContain(words);
    expect(out).toBe('shop v1 (production): passed\n  https://b.example/deploys/d1\n');
    expect(code).toBe(0);
    await stub.close();
  });

  test('says nothing of an earlier try at its first, also where a second ends just then', async () => {
    const stub = await startStubServer();
    stub.reply({ body: answer });
    const folder = mkdtempSync(join(tmpdir(), 'bakewatch-date-'));
    // Each look at the clock is a second later.
    writeFileSync(join(folder, 'date'), `#!/bin/sh\necho x >> "${folder}/looks"\nexec wc -l < "${folder}/looks"\n`);
    chmodSync(join(folder, 'date'), 0o755);
    expect((await run(stub.url, { PATH: `${folder}:${process.env.PATH}` })).code).toBe(0);
    expect(stub.requests.map(({ headers }) => headers['bakewatch-first-try-ago'])).toEqual([undefined, undefined]);
    await stub.close();
  });

  test('prints a line when something has changed, and no other', async () => {
    const stub = await startStubServer();
    const check = (outcome: string, headline: string) => [{ name: 'errors', outcome, headline, reason: `${headline}; at length` }];
    const baking = { state: 'baking', final: false, baking: { ends_at: '2026-11-21T14:10:00.000Z' }, checks: check('not_asked', '') };
    const answers = [
      { state: 'warming', summary: 'warming up', final: false },
      baking,
      { ...baking, checks: check('inconclusive', '3 requests') },
      { ...baking, checks: check('inconclusive', '9 requests') },
      { ...baking, checks: check('error', 'could not ask') },
      { ...baking, stage: { number: 2, of: 3, weight: 25 }, checks: check('pass', '0.4 %') },
      { state: 'rolling_back', summary: 'rolling back to v0', final: false, checks: check('fail', '11 %') },
      { state: 'rolled_back', target: 'v0', explained: [{ text: 'Errors: 11 %', because: 'as good as certain' }], asides: ['one thing'] },
    ];
    stub.reply(({ method }) => ({ body: method === 'POST' ? answer : { ...answer, ...answers.shift() } }));
    const { code, out, err } = await run(stub.url);
    expect(
      err
        .replace(/^\[\d+s\]/gm, '[…]')
        .split('\n')
        .slice(1, -1),
    ).toEqual([
      '[…] warming up',
      '[…] baking until 14:10:00 UTC',
      '[…] errors: cannot tell: 3 requests',
      '[…] errors: could not be asked: could not ask; at length',
      '[…] errors: ok: 0.4 %',
      '[…] stage 2 of 3: 25 % of the traffic',
      '[…] errors: FAILS: 11 %',
      '[…] rolling back to v0',
    ]);
    expect(out).toBe(
      'shop v1 (production): rolled back to v0\n  Errors: 11 %\n    as good as certain\n  one thing\n  https://b.example/deploys/d1\n',
    );
    expect(code).toBe(3);
    await stub.close();
  });

  test('shows its token to no other user of the machine', async () => {
    const stub = await startStubServer();
    stub.reply({ body: answer });
    const folder = mkdtempSync(join(tmpdir(), 'bakewatch-curl-'));
    writeFileSync(join(folder, 'curl'), '#!/bin/sh\necho "$*" >> "$ARGUMENTS"\nPATH=$REST exec curl "$@"\n');
    chmodSync(join(folder, 'curl'), 0o755);
    const env = { PATH: `${folder}:${process.env.PATH}`, REST: process.env.PATH ?? '', ARGUMENTS: join(folder, 'arguments') };
    expect((await run(stub.url, env)).code).toBe(0);
    expect(stub.requests[0]?.headers.authorization).toBe('Bearer a-token');
    const seen = readFileSync(env.ARGUMENTS, 'utf8');
    expect(seen.split('\n').length).toBeGreaterThan(2);
    expect(seen).not.toContain('a-token');
    rmSync(folder, { recursive: true });
    await stub.close();
  });

  test('cannot write lines of its own into the log', async () => {
    const stub = await startStubServer();
    stub.reply({ body: { ...answer, explained: [{ text: 'one\n::error::two\u001b[31m', because: '' }], url: 'x\r\n::set-env' } });
    expect((await run(stub.url)).out).toBe('shop v1 (production): passed\n  one ::error::two [31m\n  x  ::set-env\n');
    await stub.close();
  });
});

test.runIf(spawnSync('shellcheck', ['--version']).status === 0)('shellcheck finds nothing', () => {
  expect(spawnSync('shellcheck', ['-s', 'sh', script], { encoding: 'utf8' }).stdout).toBe('');
});

test.skipIf(!canRun)('answers that are no JSON are refused', () => {
  const [reader = ''] = /^read_json\(\) \{[\s\S]*?^\}/m.exec(readFileSync(script, 'utf8')) ?? [];
  const folder = mkdtempSync(join(tmpdir(), 'bakewatch-json-'));
  const read = (text: string) => {
    writeFileSync(join(folder, 'answer'), text);
    const { status, stdout } = spawnSync('dash', ['-c', `${reader}\nread_json answer fields && cat fields`], {
      cwd: folder,
      encoding: 'utf8',
    });
    return status === 0 ? stdout : null;
  };
  for (const text of ['', '{', '[1,]', '{"a"}', '{"a":1} x', '<html>', '"\\q"', '{"a":tru}', '"open']) expect(read(text)).toBeNull();
  expect(read('{"a":{"b":[1,"x\\"\\\\\\n\\u0041é",null,{}]},"c.d":true}')).toBe('a.b.0\t1\na.b.1\tx"\\ Aé\na.b.2\t\nc.d\ttrue\n');
  rmSync(folder, { recursive: true });
});
