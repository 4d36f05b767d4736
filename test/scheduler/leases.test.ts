import { expect, test, vi } from 'vitest';
import { AppError } from '../../src/core/base/errors.ts';
import type { BakeClaims } from '../../src/ports/bake-claims.ts';
import type { DeployRecord } from '../../src/ports/bake-store.ts';
import { createScheduler, type PassRunner } from '../../src/scheduler/loop.ts';
import { aDeploy, plan, ruleSet, warming } from '../store/fixtures.ts';
import { silentMeter } from '../support/fake-meter.ts';
import { createSteppedClock } from '../support/stepped-clock.ts';
import { silentLog } from '../support/test-cluster.ts';

const soon = { timeout: 15_000 };
const leaseMs = 12_000;
const away = () => new AppError('unavailable', 'the database cannot be reached');

function aRecord(id: string): DeployRecord {
  const deploy = { ...aDeploy(), id };
  return { deploy, bake: warming(deploy), version: 1, ruleSet, plan };
}

/** A loop over bakes that are always due while nobody has a lease on them. Time passes only when the test says so. */
function aWatch(ids: readonly string[], pass: (id: string) => Promise<void>) {
  const clock = createSteppedClock(1_000_000);
  const records = new Map(ids.map((id) => [id, aRecord(id)]));
  const leases = new Map<string, number>();
  const calls: string[] = [];
  const fault = { claims: false };
  const assertReachable = () => {
    if (fault.claims) throw away();
  };
  const store: BakeClaims = {
    async claimDue({ now, limit }) {
      assertReachable();
      const taken = [...records].filter(([id]) => (leases.get(id) ?? 0) <= now).slice(0, limit);
      for (const [id] of taken) leases.set(id, now + leaseMs);
      return taken.map(([, record]) => record);
    },
    async renewClaims({ bakeIds, until }) {
      calls.push(`renew ${bakeIds.join(' ')}`);
      for (const id of bakeIds) if (leases.has(id)) leases.set(id, until);
    },
    async releaseClaims(_, except = []) {
      assertReachable();
      calls.push(`release all but ${except.join(' ') || 'nothing'}`);
      for (const id of [...leases.keys()]) if (!except.includes(id)) leases.delete(id);
    },
    nextDueAt: async () => Math.min(...leases.values()),
    countLive: async () => records.size,
  };
  const run: PassRunner = async ({ record }) => {
    calls.push(`pass ${record.deploy.id}`);
    await pass(record.deploy.id);
  };
  const options = { concurrency: 8, quickMs: 250, maxSlow: 8, leaseMs, passTimeoutMs: 37_000, pollMs: 500, worker: 'w' };
  const loop = createScheduler({ store, clock, log: silentLog, meter: silentMeter, pass: run }, options);
  /** Lets time pass in steps, so that each sleeper wakes in its turn. */
  const letPass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 250) {
      clock.set(clock.now() + 250);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  return { loop, clock, leases, calls, fault, letPass };
}

test('a slow pass keeps its lease until it ends', async () => {
  const slow = Promise.withResolvers<void>();
  const watch = aWatch(['a'], () => slow.promise);
  watch.loop.start();
  await vi.waitFor(() => expect(watch.calls).toEqual(['pass a']), soon);
  for (let i = 0; i < 10; i++) {
    await watch.letPass(3_000);
    await vi.waitFor(() => expect(watch.leases.get('a')).toBeGreaterThan(watch.clock.now() + leaseMs / 2), soon);
  }
  expect(watch.calls.filter((call) => call === 'pass a')).toHaveLength(1);
  slow.resolve();
  await watch.loop.stop();
  const renewals = () => watch.calls.filter((call) => call === 'renew a').length;
  const before = renewals();
  await watch.letPass(leaseMs);
  expect(renewals()).toBe(before);
});

test('a bake is looked at again soon after the database failed its pass, and later and later while that goes on', async () => {
  const slow = Promise.withResolvers<void>();
  const watch = aWatch(['a', 'slow'], (id) => (id === 'a' ? Promise.reject(away()) : slow.promise));
  const startedAt = watch.clock.now();
  const looks: number[] = [];
  watch.loop.start();
  await vi.waitFor(() => expect(watch.calls).toContain('pass a'), soon);
  for (let seen = 1; watch.clock.now() < startedAt + 30_000; ) {
    await watch.letPass(250);
    const passes = watch.calls.filter((call) => call === 'pass a').length;
    if (passes > seen) looks.push(Math.round((watch.clock.now() - startedAt) / 1_000));
    seen = passes;
  }
  const pauses = looks.map((at, i) => at - (looks[i - 1] ?? 0));
  expect(pauses[0]).toBeLessThanOrEqual(2);
  expect(pauses.at(-1)).toBeGreaterThan(pauses[0] ?? 0);
  expect(new Set(watch.calls.filter((call) => call.startsWith('release')))).toEqual(new Set(['release all but slow']));
  expect(watch.calls.filter((call) => call === 'pass slow')).toHaveLength(1);
  slow.resolve();
  await watch.loop.stop();
});

test('what was claimed without an answer is freed as soon as the database is back', async () => {
  const watch = aWatch(['a'], () => Promise.resolve());
  watch.fault.claims = true;
  // An answer that was lost: the lease is there, and no pass.
  watch.leases.set('a', watch.clock.now() + leaseMs);
  watch.loop.start();
  await watch.letPass(2_000);
  expect(watch.calls).toEqual([]);
  watch.fault.claims = false;
  await watch.letPass(1_000);
  await vi.waitFor(() => expect(watch.calls.slice(0, 2)).toEqual(['release all but nothing', 'pass a']), soon);
  await watch.loop.stop();
});
