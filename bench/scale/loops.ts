import { setTimeout as wait } from 'node:timers/promises';
import { createGuard } from '../../providers/guard.ts';
import type { MetricsProvider } from '../../src/ports/provider.ts';
import { summary } from '../world.ts';

/** All times in seconds. `rush`: how long nothing is measured. */
type LoopSettings = { readonly bakes: number; readonly every: number; readonly rush: number; readonly seconds: number };

/**
 * What a script would do instead of the scheduler: a loop for each service that asks each question of each check alone, compares the share of bad requests
 * with a limit, and keeps nothing. The loops are evenly spread, and none begins a look before its last one is over.
 */
export async function watchByLoops(provider: MetricsProvider, { bakes, every, rush, seconds }: LoopSettings) {
  const limited = createGuard(provider, { limits: { concurrency: 100, perSecond: null } });
  const stepMs = every * 1_000;
  const startedAt = performance.now();
  const [measuredFrom, until] = [startedAt + rush * 1_000, startedAt + (rush + seconds) * 1_000];
  const [begun, over] = [[] as number[], [] as number[]];
  let bad = 0;

  async function ask(query: string): Promise<number> {
    const to = Math.floor(Date.now() / 1_000) * 1_000;
    const window = { from: to - stepMs, to, stepMs };
    const { series } = await limited.fetchSeries({ form: 'events', query, window }, AbortSignal.timeout(600_000));
    return series[0]?.samples.at(-1)?.[1] ?? 0;
  }

  async function look(service: string): Promise<void> {
    const checks = ['errors', 'payments', 'logins'].map((name) => Promise.all([ask(`${name}_5.._${service}`), ask(`${name}_${service}`)]));
    for (const [failed, all] of await Promise.all(checks)) if (failed / all > 0.1) bad += 1;
  }

  async function loop(i: number): Promise<void> {
    for (let due = startedAt + (i / bakes) * stepMs; due < until; due += stepMs) {
      await wait(Math.max(0, due - performance.now()));
      const beganAt = performance.now();
      await look(`service-${i}`);
      const now = performance.now();
      if (now < measuredFrom || now > until) continue;
      begun.push((beganAt - due) / 1_000);
      over.push((now - due) / 1_000);
    }
  }

  // What is still to do then would take long.
  const loops = Promise.all(Array.from({ length: bakes }, (_, i) => loop(i)));
  await wait(rush * 1_000);
  const before = process.cpuUsage();
  await Promise.race([loops, wait(seconds * 1_000)]);
  const { user, system } = process.cpuUsage(before);
  const { n, p50, p99, max } = summary(begun, 3);
  const ends = summary(over, 3);
  return {
    ...{ ticks: n, ticksASecond: Math.round(n / seconds), wanted: Math.round(bakes / every) },
    ...{ lagP50Seconds: p50, lagP99Seconds: p99, lagMaxSeconds: max, overP50Seconds: ends.p50, overP99Seconds: ends.p99 },
    nodeCpuShare: Number(((user + system) / 1e6 / seconds).toFixed(2)),
    nodeMsATick: Number(((user + system) / 1e3 / n).toFixed(3)),
    rssMb: [Math.round(process.memoryUsage.rss() / 1e6)],
    bad,
  };
}
