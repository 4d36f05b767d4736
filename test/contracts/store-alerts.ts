import { expect, test } from 'vitest';
import type { AlertReport } from '../../src/ports/alert-store.ts';
import { start } from '../store/fixtures.ts';
import { type Both, fresh } from './store-replicas.ts';

/** What `AlertStore` must do. */
export function alerts(both: Both): void {
  const place = () => ({ service: fresh(), environment: 'production' });
  const aReport = (rest: Partial<AlertReport> & { readonly service: string }): AlertReport => {
    const { service, environment = 'production' } = rest;
    return {
      environment,
      fingerprint: 'f1',
      labels: { alertname: 'Slow', service, environment },
      summary: 'it is slow',
      startsAt: start,
      endedAt: null,
      ...rest,
    };
  };
  const take = (reports: readonly AlertReport[], at = start, sender = 'am') => both().store.takeAlerts({ sender, at, reports });
  const ask = (match: { service: string } & Record<string, string>, since = 0) => both().rival.pushedAlerts({ match, since });

  test('a firing alert is found by its labels, with its end once it is over, and a repetition changes nothing', async () => {
    const { service } = place();
    await take([aReport({ service })]);
    const run = {
      name: 'Slow',
      summary: 'it is slow',
      labels: { alertname: 'Slow', service, environment: 'production' },
      activeAt: start,
      firingAt: start,
      endedAt: null,
      muted: null,
    };
    expect(await ask({ service, alertname: 'Slow' })).toEqual({ runs: [run], heardAt: start });
    await take([aReport({ service })]);
    expect(await ask({ service })).toEqual({ runs: [run], heardAt: start });
    expect((await ask({ service, alertname: 'Other' })).runs).toEqual([]);
    expect((await ask({ service, team: '' })).runs).toEqual([run]);
    await take([aReport({ service, endedAt: start + 60_000 })], start + 61_000);
    expect(await ask({ service })).toMatchObject({ runs: [{ endedAt: start + 60_000 }], heardAt: start + 61_000 });
    expect((await ask({ service }, start + 60_000)).runs).toEqual([]);
  });

  test('a late copy does not open an alert again; a report from later does', async () => {
    const { service } = place();
    const ended = start + 60_000;
    await take([aReport({ service, endedAt: ended })], ended);
    await take([aReport({ service })], ended + 299_000);
    expect((await ask({ service })).runs).toMatchObject([{ endedAt: ended }]);
    await take([aReport({ service })], ended + 300_000);
    expect((await ask({ service })).runs).toMatchObject([{ endedAt: null }]);
  });

  test('a sender is heard by anything that it sends, but only for services of which it has reported', async () => {
    const [one, other] = [place(), place()];
    await take([aReport(one)], start, `am-${one.service}`);
    await take([], start + 5_000, `am-${one.service}`);
    await take([aReport({ ...other, environment: 'staging' })], start + 9_000, `am-${other.service}`);
    expect((await ask({ service: one.service })).heardAt).toBe(start + 5_000);
    expect((await ask({ service: other.service, environment: 'production' })).heardAt).toBeNull();
    expect((await ask({ service: fresh() })).heardAt).toBeNull();
  });

  test('keeps the newest 20 rows of a label set', async () => {
    const { service } = place();
    const many = Array.from({ length: 25 }, (_, i) => aReport({ service, startsAt: start + i, endedAt: start + i + 1 }));
    await take(many);
    expect((await ask({ service })).runs.map(({ activeAt }) => activeAt)).toEqual(many.slice(5).map(({ startsAt }) => startsAt));
  });

  test('two deliveries of the same alerts at the same time are both taken', async () => {
    const { service } = place();
    const reports = Array.from({ length: 50 }, (_, i) => aReport({ service, fingerprint: `f${i}` }));
    const { store, rival } = both();
    await Promise.all(
      [reports, reports.toReversed()].flatMap((list) =>
        [store, rival].map((one) => one.takeAlerts({ sender: 'am', at: start, reports: list })),
      ),
    );
    expect((await ask({ service })).runs).toHaveLength(50);
  });

  test('old alerts are deleted; that their sender exists stays known', async () => {
    const { service } = place();
    await take([aReport({ service })], 1_000, `am-${service}`);
    expect(await both().store.pruneAlerts(1_001)).toBeGreaterThan(0);
    expect(await ask({ service })).toEqual({ runs: [], heardAt: 1_000 });
  });
}
