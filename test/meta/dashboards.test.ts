import { describe, expect, test } from 'vitest';
import { topics } from '../../src/core/bake/effect.ts';
import { createHttp } from '../../src/net/http.ts';
import { grafana } from '../../src/notifiers/grafana.ts';
import { aNotice, firstTry } from '../contracts/notifier.ts';
import { filledIn, readDashboards } from '../support/dashboards.ts';
import { startFakeGrafana } from '../support/fake-grafana.ts';
import { read } from './tree.ts';

const dashboards = readDashboards();

/** Kinds of panels that version 7.5 has and the newest still has. */
const lasting = ['annolist', 'row', 'stat', 'text', 'timeseries'];

test('there are two dashboards, each with an address of its own', () => {
  expect(dashboards.map(({ uid }) => uid).toSorted()).toEqual(['bakewatch', 'bakewatch-service']);
});

describe.each(dashboards)('the dashboard $title', ({ panels, templating, annotations, schemaVersion }) => {
  test('can be read by version 7.5', () => {
    expect(schemaVersion).toBe(27);
    expect(panels.filter(({ type }) => !lasting.includes(type))).toEqual([]);
  });

  test('has every panel once, and none on top of another', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
  });

  test('asks the Prometheus that is chosen, and knows its variables', () => {
    const questions = panels.filter(({ targets }) => targets.length > 0);
    expect(questions.filter(({ datasource }) => datasource !== '$datasource')).toEqual([]);
    const values = Object.fromEntries([...templating.list.map(({ name }) => [name, name]), ['__rate_interval', '1m'], ['__range', '1h']]);
    for (const { expr } of questions.flatMap(({ targets }) => targets)) expect(filledIn(expr, values)).not.toContain('$');
  });

  test('names no metric of ours that the server has not', () => {
    const known = read('src/telemetry/metrics.ts');
    const named = panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => expr.match(/bakewatch_\w+/g) ?? []));
    const own = named.filter((name) => !/^bakewatch_(process|nodejs)_/.test(name)).map((name) => name.replace(/_(bucket|count|sum)$/, ''));
    expect(own.filter((name) => !known.includes(`'${name}'`))).toEqual([]);
  });

  test('tells old and new versions the same of its annotations', () => {
    for (const { tags, target, builtIn } of annotations.list) if (!builtIn) expect(target).toMatchObject({ type: 'tags', tags });
  });
});

test('what the notifier marks is shown once, by one query and the list; nothing of another service is', async () => {
  const world = await startFakeGrafana('7.5');
  const notifier = grafana.bind({ url: world.url, token: world.tokens.editor })({ http: createHttp() });
  for (const topic of topics) await notifier.notify(aNotice({ topic, deployId: `deploy-${topic}` }), firstTry());
  await notifier.notify(aNotice({ topic: 'passed', service: 'blog' }), firstTry());
  await world.close();
  const { annotations, panels } = dashboards.find(({ uid }) => uid === 'bakewatch-service')!;
  const shown = (tags: readonly string[]) =>
    world.shownFor(...tags.map((tag) => filledIn(tag, { service: 'shop', environment: 'production' }))).map(({ id }) => id);
  const queries = annotations.list.filter(({ builtIn }) => !builtIn).map(({ tags }) => shown(tags));
  const ofShop = world
    .annotations()
    .filter(({ tags }) => tags.includes('service:shop'))
    .map(({ id }) => id);
  expect(ofShop.length).toBeGreaterThan(8);
  expect(queries.flat().toSorted((a, b) => a - b)).toEqual(ofShop);
  expect(queries.filter((ids) => ids.length === 0)).toEqual([]);
  const list = panels.find(({ type }) => type === 'annolist');
  expect(shown(list?.options.tags ?? []).toSorted((a, b) => a - b)).toEqual(ofShop);
});
