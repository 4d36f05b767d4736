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
  ignores: ['blind', 'sighted', 'drill_failed'],
});

const begunAt = aNotice().registeredAt;
const minute = 60_000;
const at = (minutes: number) => begunAt + minutes * minute;

/** A notice `minutes` after the beginning. */
function told(topic: Topic, minutes = 0, rest: Partial<Notice> = {}): Notice {
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

  /** Tells one after the other, as a deploy goes on; answers what is remembered in the end. */
  async function story(...notices: readonly Notice[]): Promise<Json> {
    let memory: Json = null;
    for (const notice of notices) memory = await tell(notice, { memory });
    return memory;
  }

  /** Each mark as kind, outcome, and the minutes from when until when. */
  const marks = () =>
    world.annotations().map(({ tags, time, timeEnd }) => {
      const outcome = tags.find((tag) => tag.startsWith('outcome:'))?.slice('outcome:'.length);
      return `${tags[1]} ${outcome} ${(time - begunAt) / minute}-${(timeEnd - begunAt) / minute}`;
    });

  test.for<{ name: string; notices: readonly Notice[]; marks: readonly string[] }>([
    { name: 'a deploy that has begun is a point', notices: [told('started')], marks: ['deploy started 0-0'] },
    { name: 'one that passed is a region', notices: [told('started'), told('passed', 15)], marks: ['deploy passed 0-15'] },
    { name: 'one that nobody could judge, too', notices: [told('started'), told('inconclusive', 30)], marks: ['deploy inconclusive 0-30'] },
    { name: 'one whose watch was stopped, too', notices: [told('started'), told('stopped', 3)], marks: ['deploy stopped 0-3'] },
    { name: 'whoever is told of the end only sees all of it', notices: [told('passed', 15)], marks: ['deploy passed 0-15'] },
    {
      name: 'a rollback that helped',
      notices: [told('started'), told('unhealthy', 4), told('rolled_back', 5), told('recovered', 8)],
      marks: ['deploy unhealthy 0-4', 'rollback recovered 5-8'],
    },
    {
      name: 'a rollback that did not help',
      notices: [told('started'), told('unhealthy', 4), told('rolled_back', 5), told('failed', 10)],
      marks: ['deploy unhealthy 0-4', 'rollback failed 5-10'],
    },
    {
      name: 'a rollback that did not happen',
      notices: [told('started'), told('approval', 4), told('unhealthy', 6), told('failed', 7)],
      marks: ['deploy failed 0-7'],
    },
    {
      name: 'trouble of the monitoring is no mark',
      notices: [told('blind', 2), told('started'), told('blind', 2), told('sighted', 3), told('passed', 15), told('drill_failed', 60)],
      marks: ['deploy passed 0-15'],
    },
  ])('$name', async ({ notices, marks: expected }) => {
    await story(...notices);
    expect(marks()).toEqual(expected);
  });

  test('an annotation says what happened and why, and is found by its tags', async () => {
    await story(told('started'), aNotice());
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

  test('extra tags are set, and hide no mark', async () => {
    await tell(told('passed', 15), {}, { tags: ['team:shop', 'europe'] });
    expect(world.shownFor('bakewatch', 'europe', 'team:shop')).toHaveLength(1);
  });

  test.for([
    { name: 'of the beginning', before: [], notice: told('started') },
    { name: 'of the verdict, told first', before: [], notice: told('passed', 15) },
    { name: 'of the verdict', before: [told('started')], notice: told('passed', 15) },
    { name: 'of the rollback', before: [told('started'), told('unhealthy', 4)], notice: told('rolled_back', 5) },
  ])('a mark $name is not doubled where a try was killed between sending and recording', async ({ before, notice }) => {
    const memory = await story(...before);
    const first = await tell(notice, { memory });
    const doneOnce = world.annotations();
    expect(await tell(notice, { memory, isRepeat: true })).toEqual(first);
    expect(world.annotations()).toEqual(doneOnce);
  });

  test('a try that did not arrive is repeated, whatever other deploys have marked', async () => {
    await tell(told('started', 0, { deployId: 'deploy-1' }));
    await tell(told('started'), { isRepeat: true });
    expect(world.annotations().map(({ tags }) => tags[2])).toEqual(['deploy_id:deploy-1', 'deploy_id:deploy-2']);
  });

  test('a mark that a person has deleted is made anew, once', async () => {
    const memory = await story(told('started'), told('unhealthy', 4), told('rolled_back', 5));
    world.deleteAll();
    const after = await tell(told('recovered', 8), { memory });
    expect(marks()).toEqual(['rollback recovered 5-8']);
    await tell(told('recovered', 9), { memory: after });
    expect(marks()).toEqual(['rollback recovered 5-9']);
  });

  test('what is remembered in a form that is not ours counts as nothing', async () => {
    for (const memory of ['?', { deploy: 'one' }, [1]]) await tell(told('passed', 15), { memory });
    expect(marks()).toHaveLength(3);
  });

  test('a dashboard is annotated by its UID, and one panel of it by its number', async () => {
    await tell(told('started'), {}, { dashboard: world.dashboard.uid, panel: 3 });
    await tell(told('started'), {}, { dashboard: world.dashboard.uid });
    expect(world.annotations()).toMatchObject([
      { dashboardId: world.dashboard.id, panelId: 3 },
      { dashboardId: world.dashboard.id, panelId: 0 },
    ]);
  });

  test('a user may be shown instead of a token, with the organization', async () => {
    await tell(told('started'), {}, { token: undefined, basic: world.user, org: 2 });
    expect(world.annotations()).toHaveLength(1);
    expect(world.requests[0]?.headers['x-grafana-org-id']).toBe('2');
  });

  test.for([
    { name: 'an unknown dashboard', more: { dashboard: 'nope' }, says: /404: .*\(check that `dashboard` is the UID in its address\)/ },
    { name: 'an unknown token', more: { token: 'nope' }, says: /401: .*invalid API key.*\(check that the token or the user belongs to/ },
    { name: 'a viewer', more: { token: 'token-of-the-viewer' }, says: /403: .*\(annotations need the role Editor/ },
    { name: 'a path that is not Grafana', path: '/grafana', more: {}, says: /404: .*\(check that the url is that of Grafana/ },
  ])('$name is refused for good, with a hint', async ({ path = '', more, says }) => {
    const error = await effectErrorOf(tell(told('started'), {}, { url: `${world.url}${path}`, ...more }));
    expect(error.kind).toBe('refused');
    expect(error.message).toMatch(says);
  });
});

describe('what answers', () => {
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
    const error = await effectErrorOf(grafana.bind({ url: server.url, token })({ http }).notify(told('started'), firstTry()));
    await server.close();
    expect(error).toMatchObject({ kind });
    expect(everythingIn(error)).not.toContain(token);
  });

  test('trouble while a mark is changed is no reason to make another', async () => {
    const server = await startStubServer();
    server.reply({ status: 500, body: { message: 'Failed to update annotation' } });
    const memory = { deploy: 1, rollback: null, rolledBackAt: null };
    const error = await effectErrorOf(grafana.bind({ url: server.url, token })({ http }).notify(told('passed', 15), firstTry({ memory })));
    const methods = server.requests.map(({ method }) => method);
    await server.close();
    expect(error.kind).toBe('failed');
    expect(methods).toEqual(['PATCH']);
  });
});

test.skipIf(!hasOpenssl())('a Grafana with an authority of its own is trusted where that is given', async () => {
  const { key, cert } = makeCertificate(5);
  const server = createServer({ key, cert }, (_, response) => void response.end('{"id":1}')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const notify = (more: object) =>
    grafana
      .bind({ url: `https://127.0.0.1:${port}`, token, ...more })({ http })
      .notify(told('started'), firstTry());
  expect(await effectErrorOf(notify({}))).toMatchObject({ kind: 'unreachable' });
  expect(await notify({ ca: cert })).toMatchObject({ deploy: 1 });
  server.closeAllConnections();
  server.close();
});

describe('the text of an annotation', () => {
  const textFor = async (rest: Partial<Notice>): Promise<string> => {
    const server = await startStubServer();
    server.reply({ body: { id: 1 } });
    await grafana
      .bind({ url: server.url, token })({ http })
      .notify(told('passed', 15, rest), firstTry());
    const { text } = JSON.parse(server.requests[0]?.body ?? '{}') as { text: string };
    await server.close();
    return text;
  };

  test('holds nothing of what was measured that a page could take for its own', async () => {
    const evil = '<img src=x onerror="alert(1)"> & p95 < 300 ms';
    const text = await textFor({ title: evil, reasons: [evil], url: 'https://b.example.com/?a="b"&c=<d>' });
    expect(text.replace(/<a href="[^"<>]*">Open the deploy<\/a>$/, '')).not.toMatch(/[<>"]|&(?!amp;|lt;|gt;|quot;)/);
    expect(text).toContain('p95 &lt; 300 ms');
  });

  test.for([null, 'javascript:alert(1)', 'no address'])('has no link where the page is %s', async (url) => {
    expect(await textFor({ url })).not.toContain('href');
  });

  test('names as many reasons as can be read, and says how many more there are', async () => {
    const reasons = Array.from({ length: 30 }, (_, index) => `reason ${index} ${'x'.repeat(5_000)}`);
    const text = await textFor({ reasons: [reasons[0]!, ...reasons.slice(1)] });
    expect(text).toMatch(/^… and 2\d more$/m);
    expect(text.length).toBeLessThan(10_000);
  });
});

describe('options', () => {
  const good = { url: 'https://grafana.example.com/g', token: 'a' };
  test.for<{ options: object; says: RegExp }>([
    { options: { url: good.url }, says: /either token or basic/ },
    { options: { ...good, basic: { user: 'a', password: 'b' } }, says: /either token or basic/ },
    { options: { ...good, org: 2 }, says: /belongs to one organization/ },
    { options: { ...good, panel: 2 }, says: /panel without dashboard/ },
    { options: { ...good, url: 'https://grafana.example.com/?orgId=1' }, says: /no \? and no #/ },
    { options: { ...good, token: 'two words' }, says: /one word of printable ASCII/ },
    { options: { ...good, dashboard: 'https://grafana.example.com/d/abc' }, says: /not the UID/ },
    { options: { ...good, tags: ['service:other'] }, says: /Bakewatch sets itself/ },
    { options: { ...good, tags: ['deploy'] }, says: /Bakewatch sets itself/ },
    { options: { ...good, tags: ['a:b:c'] }, says: /not a tag/ },
    { options: { ...good, tags: ['x'.repeat(100), 'y'.repeat(100)] }, says: /more than 150/ },
    { options: { ...good, ca: '/etc/ssl/ca.pem' }, says: /must be PEM/ },
  ])('$options is refused: $says', ({ options, says }) => {
    expect(() => grafana.bind(options)).toThrow(says);
  });
});
