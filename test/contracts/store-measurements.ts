import { expect, test } from 'vitest';
import type { Measurement } from '../../src/core/judge/measurement.ts';
import { aMeasurement, commitOf, register, start } from '../store/fixtures.ts';
import { type Both, fresh } from './store-replicas.ts';

/** What `MeasurementStore` must do. */
export function measurements(both: Both): void {
  const measure = async (id: string, list: readonly Measurement[]) =>
    both().store.update(id, null, ({ bake }) => ({ ok: true, ...commitOf(bake, { measurements: list }) }));

  test('NaN and infinities are read as they were written; a missing tick stays missing', async () => {
    const { deploy } = await register(both().store, { service: fresh() });
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, null, 0, 0.1 + 0.2, 1e-320, Number.MAX_SAFE_INTEGER];
    const le = [0.5, Number.POSITIVE_INFINITY];
    const list = [
      aMeasurement({ check: 'a', ticks: { kind: 'value', value: odd }, control: { kind: 'ratio', bad: odd, total: odd } }),
      aMeasurement({ check: 'b', ticks: { kind: 'latency', le, buckets: [[1, 2], null] }, control: { kind: 'rate', count: odd } }),
      aMeasurement({ check: 'c', ticks: { kind: 'rate', count: odd, exposure: odd } }),
      aMeasurement({
        check: 'd',
        result: { outcome: 'inconclusive', reason: 'NaN', evidence: { measured: Number.NaN, samples: 0 }, blocks: false },
      }),
      aMeasurement({
        check: 'e',
        query: 'Infinity',
        result: { outcome: 'fail', reason: 'x', evidence: { limit: Number.POSITIVE_INFINITY } },
      }),
    ];
    await measure(deploy.id, list);
    expect(await both().store.measurements(deploy.id)).toEqual(list);
  });

  test('the first answer for a window wins, within one commit too; a failed attempt does not block it', async () => {
    const { deploy } = await register(both().store, { service: fresh() });
    const failed = aMeasurement({ result: { outcome: 'error', kind: 'timeout', reason: 'slow' }, ticks: null });
    const first = aMeasurement({ at: start + 30_000 });
    const second = aMeasurement({ at: start + 40_000, query: 'second' });
    const verifying = aMeasurement({ at: start + 50_000, phase: 'verifying' });
    await measure(deploy.id, [failed]);
    await measure(deploy.id, [first, second]);
    await measure(deploy.id, [second, verifying]);
    expect(await both().store.measurements(deploy.id)).toEqual([failed, first, verifying]);
  });

  test('NUL and lone surrogates do not make a commit fail', async () => {
    const { deploy } = await register(both().store, { service: fresh() });
    const nasty = 'a\u0000b\ud83d';
    const measurement = aMeasurement({ check: nasty, query: nasty, result: { outcome: 'pass', reason: nasty } });
    const entry = { at: start, kind: nasty, by: nasty, text: nasty, detail: nasty };
    await both().store.update(deploy.id, null, ({ bake }) => ({
      ok: true,
      ...commitOf(bake, { measurements: [measurement], timeline: [entry] }),
    }));
    await both().store.appendTimeline(deploy.id, entry);
    await both().store.saveHistory(deploy.id, [{ check: nasty, stretch: null, source: 'prom', calibrations: [{ method: nasty }] }]);
    await both().store.saveFingerprint(deploy.id, nasty, 'deployed');
    expect((await both().store.timeline(deploy.id)).map(({ text }) => text)).toEqual(['a�b�', 'a�b�']);
    expect((await both().store.measurements(deploy.id))[0]?.query).toBe('a�b�');
  });

  test('the newest history is that of the newest deploy of the place with the same question', async () => {
    const service = fresh();
    const stretchAt = (startAt: number) => ({ startAt, stepMs: 15_000, ticks: { kind: 'value', value: [1] } }) as const;
    const newest = (source: string, check = 'a') => both().store.newestHistory({ service, environment: 'production' }, check, source);
    const sightings = [{ source: 'bad', isMatched: false, text: 'no series' }];
    for (const [i, source] of ['same', 'same', 'other'].entries()) {
      const { deploy } = await register(both().store, { service, registeredAt: start + i });
      const looked = source === 'same' ? { sightings } : {};
      await both().store.saveHistory(deploy.id, [{ check: 'a', stretch: stretchAt(start + i), source, calibrations: [], ...looked }]);
    }
    expect(await newest('same')).toEqual({ stretch: stretchAt(start + 1), sightings });
    expect(await newest('other')).toEqual({ stretch: stretchAt(start + 2) });
    expect([await newest('none'), await newest('same', 'b')]).toEqual([null, null]);
    expect(await both().store.newestHistory({ service: fresh(), environment: 'production' }, 'a', 'same')).toBeNull();
  });

  test('the first history of a check wins, even an empty one', async () => {
    const { deploy } = await register(both().store, { service: fresh() });
    const value = Array.from({ length: 5_000 }, (_, i) => (i % 7 === 0 ? null : i / 3));
    const stretch = { startAt: start, stepMs: 15_000, ticks: { kind: 'value', value } } as const;
    const calibrations = [null, { version: 1, arms: [{ law: 'counts', tolerated: 0.1 + 0.2 }] }];
    const sightings = [{ source: 'bad', isMatched: true, text: '' }];
    await both().store.saveHistory(deploy.id, [
      { check: 'a', stretch, source: 'prom', calibrations, sightings },
      { check: 'b', stretch: null, source: 'prom', calibrations: [] },
    ]);
    await both().rival.saveHistory(deploy.id, [
      { check: 'a', stretch: null, source: 'prom', calibrations: [] },
      { check: 'b', stretch, source: 'prom', calibrations: [null] },
    ]);
    expect(await both().store.histories(deploy.id)).toEqual([
      { check: 'a', stretch, source: 'prom', calibrations, sightings },
      { check: 'b', stretch: null, source: 'prom', calibrations: [] },
    ]);
  });
}
