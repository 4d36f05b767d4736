import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Topic } from '../../src/core/bake/effect.ts';
import type { Json } from '../../src/core/base/json.ts';
import { createHttp } from '../../src/net/http.ts';
import { grafana } from '../../src/notifiers/grafana.ts';
import type { Delivery, Notice } from '../../src/ports/notifier.ts';
import { aNotice, describeNotifierContract, firstTry } from '../contracts/notifier.ts';
import { hasOpenssl, makeCertificate } from '../support/certificate.ts';
import { effectErrorOf, everythingIn } from '../support/effect-error.ts';
import { type FakeGrafana, startFakeGrafana } from '../support/fake-grafana.ts';
import { startStubServer } from '../support/stub-server.ts';

const token = 'glsa_token-1-of-the-tests';
const http = createHttp();

describeNotifierContract('grafana', {
  plugin: grafana,
  options: (url) => ({ url: `${url}/path-token-2`, token, timeout: '500ms' }),
  secrets: [token, 'path-token-2'],
  success: { body: { id: 1, message: 'Annotation added' } },
  ignores: ['blind', 'sighted', 'drill_failed', 'elsewhere', 'rolled_forward', 'frozen', 'unfrozen', 'disarmed'],
});

const startedAt = aNotice().registeredAt;
const minute = 60_000;
const at = (minutes: number) => startedAt + minutes * minute;

/** A notice `minutes` after the start. */
function noticeOf(topic: Topic, minutes = 0, rest: Partial<Notice> = {}): Notice {
  return aNotice({ id: `notice-${topic}`, topic, at: at(minutes), title: `shop v2 (production): ${topic}`, ...rest });
}

describe.each(['7.5', 'newer'] as const)('marks on Grafana %s', (version) => {
  let world: FakeGrafana;
  beforeEach(async () => {
    world = await startFakeGrafana(version);
  });
  afterEach(() => world.close());

  const notifier = (more: object = {}) => grafana.bind({ url: world.url, token: world.tokens.editor, ...more })({ http });
  const tell = (notice: Notice, delivery: Partial<Delivery> = {}, more: object = {}) => notifier(more).notify(notice, firstTry(delivery));

  /** Sends the notices of a deploy one after another, and returns the last memory. */
  async function story(...notices: readonly Notice[]): Promise<Json> {
    let memory: Json = null;
    for (const notice of notices) memory = await tell(notice, { memory });
    return memory;
  }

  /** Each mark as kind, outcome, and its start and end in minutes. */
  const marks = () =>
    world.annotations().map(({ tags, time, timeEnd }) => {
      const outcome = tags.find((tag) => tag.startsWith('outcome:'))?.slice('outcome:'.length);
      return `${tags[1]} ${outcome} ${(time - startedAt) / minute}-${(timeEnd - startedAt) / minute}`;
    });

  test.for<{ name: string; notices: readonly Notice[]; marks: readonly string[] }>([
    { name: 'a started deploy is a point', notices: [noticeOf('started')], marks: ['deploy started 0-0'] },
    { name: 'a passed deploy is a region', notices: [noticeOf('started'), noticeOf('passed', 15)], marks: ['deploy passed 0-15'] },
    {
      name: 'an inconclusive deploy is a region',
      notices: [noticeOf('started'), noticeOf('inconclusive', 30)],
      marks: ['deploy inconclusive 0-30'],
    },
    { name: 'a stopped deploy is a region', notices: [noticeOf('started'), noticeOf('stopped', 3)], marks: ['deploy stopped 0-3'] },
    {
      name: 'without a notice of the start, the verdict marks the whole region',
      notices: [noticeOf('passed', 15)],
      marks: ['deploy passed 0-15'],
    },
    {
      name: 'a rollback with recovery',
      notices: [noticeOf('started'), noticeOf('unhealthy', 4), noticeOf('rolled_back', 5), noticeOf('recovered', 8)],
      marks: ['deploy unhealthy 0-4', 'rollback recovered 5-8'],
    },
    {
      name: 'a rollback without recovery',
      notices: [noticeOf('started'), noticeOf('unhealthy', 4), noticeOf('rolled_back', 5), noticeOf('failed', 10)],
      marks: ['deploy unhealthy 0-4', 'rollback failed 5-10'],
    },
    {
      name: 'a failure without rollback',
      notices: [noticeOf('started'), noticeOf('approval', 4), noticeOf('unhealthy', 6), noticeOf('failed', 7)],
      marks: ['deploy failed 0-7'],
    },
    {
      name: 'trouble with the monitoring makes no mark',
      notices: [
        noticeOf('blind', 2),
        noticeOf('started'),
        noticeOf('blind', 2),
        noticeOf('sighted', 3),
        noticeOf('passed', 15),
        noticeOf('drill_failed', 60),
      ],
      marks: ['deploy passed 0-15'],
    },
  ])('$name', async ({ notices, marks: expected }) => {
    await story(...notices);
    expect(marks()).toEqual(expected);
  });

  test('an annotation holds title and reasons, and is found by its tags', async () => {
    await story(noticeOf('started'), aNotice());
    const [mark, ...more] = world.shownFor('bakewatch', 'deploy', 'service:shop', 'environment:production', 'outcome:unhealthy');
    expect(more).toEqual([]);
    expect(mark).toMatchObject({
      text:
        'shop v2 (production) is unhealthy: rolling back to v1\n• errors 4.2 % of 1,310 requests, last day 0.4 %, tolerance 0.7 %\n' +
        '<a href="https://bakewatch.example.com/deploys/deploy-2">Open the deploy</a>',
      tags: ['bakewatch', 'deploy', 'deploy_id:deploy-2', 'service:shop', 'environment:production', 'outcome:unhealthy'],
      dashboardId: 0,
    });
    expect(world.shownFor('bakewatch')).toHaveLength(1);
  });

  test('extra tags are set and do not hide a mark', async () => {
    await tell(noticeOf('passed', 15), {}, { tags: ['team:shop', 'europe'] });
    expect(world.shownFor('bakewatch', 'europe', 'team:shop')).toHaveLength(1);
  });

  test.for([
    { name: 'of the start', before: [], notice: noticeOf('started') },
    { name: 'of a verdict without a start', before: [], notice: noticeOf('passed', 15) },
    { name: 'of the verdict', before: [noticeOf('started')], notice: noticeOf('passed', 15) },
    { name: 'of the rollback', before: [noticeOf('started'), noticeOf('unhealthy', 4)], notice: noticeOf('rolled_back', 5) },
  ])('a mark $name is not duplicated if the process is killed between sending and recording', async ({ before, notice }) => {
    const memory = await story(...before);
    const first = await tell(notice, { memory });
    const doneOnce = world.annotations();
    expect(await tell(notice, { memory, isRepeat: true })).toEqual(first);
    expect(world.annotations()).toEqual(doneOnce);
  });

  test('an attempt that did not arrive is repeated, whatever marks other deploys have', async () => {
    await tell(noticeOf('started', 0, { deployId: 'deploy-1' }));
    await tell(noticeOf('started'), { isRepeat: true });
    expect(world.annotations().map(({ tags }) => tags[2])).toEqual(['deploy_id:deploy-1', 'deploy_id:deploy-2']);
  });

  test('a mark that a person has deleted is created again, once', async () => {
    const memory = await story(noticeOf('started'), noticeOf('unhealthy', 4), noticeOf('rolled_back', 5));
    world.deleteAll();
    const after = await tell(noticeOf('recovered', 8), { memory });
    expect(marks()).toEqual(['rollback recovered 5-8']);
    await tell(noticeOf('recovered', 9), { memory: after });
    expect(marks()).toEqual(['rollback recovered 5-9']);
  });

  test('a memory of another form is ignored', async () => {
    for (const memory of ['?', { deploy: 'one' }, [1]]) await tell(noticeOf('passed', 15), { memory });
    expect(marks()).toHaveLength(3);
  });

  test('a dashboard is annotated by its UID, and a panel by its number', async () => {
    await tell(noticeOf('started'), {}, { dashboard: world.dashboard.uid, panel: 3 });
    await tell(noticeOf('started'), {}, { dashboard: world.dashboard.uid });
    expect(world.annotations()).toMatchObject([
      { dashboardId: world.dashboard.id, panelId: 3 },
      { dashboardId: world.dashboard.id, panelId: 0 },
    ]);
  });

  test('a user with an organization works instead of a token', async () => {
    await tell(noticeOf('started'), {}, { token: undefined, basic: world.user, org: 2 });
    expect(world.annotations()).toHaveLength(1);
    expect(world.requests[0]?.headers['x-grafana-org-id']).toBe('2');
  });

  test.for([
    { name: 'an unknown dashboard', more: { dashboard: 'nope' }, says: /404: .*\(check that `dashboard` is the UID in its address\)/ },
    { name: 'an unknown token', more: { token: 'nope' }, says: /401: .*invalid API key.*\(check that the token or the user belongs to/ },
    { name: 'a viewer', more: { token: 'token-of-the-viewer' }, says: /403: .*\(annotations need the role Editor/ },
    { name: 'a path that is not Grafana', path: '/grafana', more: {}, says: /404: .*\(check that the url is that of Grafana/ },
  ])('$name is refused, with a hint', async ({ path = '', more, says }) => {
    const error = await effectErrorOf(tell(noticeOf('started'), {}, { url: `${world.url}${path}`, ...more }));
    expect(error.kind).toBe('refused');
    expect(error.message).toMatch(says);
  });
});

describe('the answer of Grafana', () => {
  test.for<{ status?: number; body: string | object; kind: string }>([
    { body: '<html>Sign in</html>', kind: 'refused' },
    { body: '', kind: 'refused' },
    { body: { message: 'Annotation added' }, kind: 'refused' },
    { body: [], kind: 'refused' },
    { status: 500, body: { message: 'Failed to save annotation' }, kind: 'failed' },
    { status: 429, body: '', kind: 'failed' },
  ])('$status $body is $kind', async ({ status = 200, body, kind }) => {
    const server = await startStubServer();
    server.reply({ status, body });
    const error = await effectErrorOf(grafana.bind({ url: server.url, token })({ http }).notify(noticeOf('started'), firstTry()));
    await server.close();
    expect(error).toMatchObject({ kind });
    expect(everythingIn(error)).not.toContain(token);
  });

  test('a failed change of a mark does not create another mark', async () => {
    const server = await startStubServer();
    server.reply({ status: 500, body: { message: 'Failed to update annotation' } });
    const memory = { deploy: 1, rollback: null, rolledBackAt: null };
    const error = await effectErrorOf(
      grafana.bind({ url: server.url, token })({ http }).notify(noticeOf('passed', 15), firstTry({ memory })),
    );
    const methods = server.requests.map(({ method }) => method);
    await server.close();
    expect(error.kind).toBe('failed');
    expect(methods).toEqual(['PATCH']);
  });
});

test.skipIf(!hasOpenssl())('the option `ca` makes a Grafana with its own certificate authority trusted', async () => {
  const { key, cert } = makeCertificate(5);
  const server = createServer({ key, cert }, (_, response) => void response.end('{"id":1}')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const notify = (more: object) =>
    grafana
      .bind({ url: `https://127.0.0.1:${port}`, token, ...more })({ http })
      .notify(noticeOf('started'), firstTry());
  expect(await effectErrorOf(notify({}))).toMatchObject({ kind: 'unreachable' });
  expect(await notify({ ca: cert })).toMatchObject({ deploy: 1 });
  server.closeAllConnections();
  server.close();
});
