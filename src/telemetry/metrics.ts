import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { FinalBake } from '../core/bake/bake.ts';
import { decidedStates, drillOutcomes, type Meter, rollbackOutcomes } from '../core/base/meter.ts';

export type Metrics = {
  readonly meter: Meter;
  /** The text exposition, with the gauges as they are now. While the database is away what is counted in memory is told all the same. */
  text(): Promise<string>;
};

/** What is read when someone asks. */
export type Gauges = {
  /** What stands in the database; `null` while it is away. */
  readonly stored: () => Promise<StoredGauges | null>;
  /** How long ago the scheduler last looked for due bakes. */
  readonly schedulerIdleSeconds: () => number;
  /** Whether each provider answered when it was asked last; one that was not asked yet is left out. */
  readonly providersUp: () => ReadonlyMap<string, boolean>;
};

export type StoredGauges = { readonly bakes: ReadonlyMap<string, number>; readonly outboxOldestSeconds: number };

const endStates: readonly FinalBake['state'][] = ['passed', 'rolled_back', 'inconclusive', 'failed', 'canceled', 'superseded'];

/** From the shortest bake of a demo to a night's. */
const watchSeconds = [15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200];

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Every metric of the server, in one place, on a registry of its own. Names: `bakewatch_`, base units, few labels. */
export function createMetrics(gauges: Gauges): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: 'bakewatch_' });
  const bakes = new Gauge({ name: 'bakewatch_bakes', help: 'Bakes by state, final ones left out.', labelNames: ['state'], registers });
  const measurements = new Counter({
    name: 'bakewatch_measurements_total',
    help: 'Checks asked, by outcome: pass, fail, inconclusive, error.',
    labelNames: ['provider', 'outcome'],
    registers,
  });
  const requests = new Histogram({
    name: 'bakewatch_provider_request_seconds',
    help: 'Requests to providers.',
    labelNames: ['provider', 'outcome'],
    buckets: seconds,
    registers,
  });
  const attempts = new Counter({
    name: 'bakewatch_effect_attempts_total',
    help: 'Attempts to roll back or to tell someone.',
    labelNames: ['kind', 'plugin', 'outcome'],
    registers,
  });
  const failed = new Counter({
    name: 'bakewatch_effects_failed_total',
    help: 'Rollbacks and notices given up for good.',
    labelNames: ['kind', 'plugin'],
    registers,
  });
  const ticks = new Histogram({ name: 'bakewatch_tick_seconds', help: 'One pass over one bake.', buckets: seconds, registers });
  const lag = new Histogram({ name: 'bakewatch_tick_lag_seconds', help: 'How late a pass began.', buckets: seconds, registers });
  const moves = new Counter({ name: 'bakewatch_bakes_moved_total', help: 'Bakes that entered a state.', labelNames: ['state'], registers });
  const verdicts = new Histogram({
    name: 'bakewatch_verdict_seconds',
    help: 'From the deploy to the end of its bake, by the state it led to; where people ended it, it is left out.',
    labelNames: ['state'],
    buckets: watchSeconds,
    registers,
  });
  const rollbacks = new Counter({
    name: 'bakewatch_rollbacks_total',
    help: 'Rollbacks that came to an end: recovered, not_recovered, not_done, unknown.',
    labelNames: ['outcome'],
    registers,
  });
  const drills = new Counter({
    name: 'bakewatch_drills_total',
    help: 'Drills of rollback hooks: succeeded, failed.',
    labelNames: ['outcome'],
    registers,
  });
  // There from the start, so that the first of them is seen to have been added: most of these are rare.
  for (const state of endStates) moves.inc({ state }, 0);
  for (const state of decidedStates) verdicts.zero({ state });
  for (const outcome of rollbackOutcomes) rollbacks.inc({ outcome }, 0);
  for (const outcome of drillOutcomes) drills.inc({ outcome }, 0);
  const pruned = new Counter({
    name: 'bakewatch_measurements_deleted_total',
    help: 'Measurements deleted because they were older than database.retention.',
    registers,
  });
  const outbox = new Gauge({ name: 'bakewatch_outbox_oldest_seconds', help: 'Age of the oldest effect not yet performed.', registers });
  const idle = new Gauge({
    name: 'bakewatch_scheduler_idle_seconds',
    help: 'How long ago the scheduler last looked for due bakes.',
    registers,
  });
  const database = new Gauge({
    name: 'bakewatch_database_up',
    help: 'Whether the database answered just now: 1 or 0; while it does not, bakes and the oldest effect are left out.',
    registers,
  });
  const up = new Gauge({
    name: 'bakewatch_provider_up',
    help: 'Whether the provider answered when it was asked last: 1 or 0.',
    labelNames: ['provider'],
    registers,
  });
  const meter: Meter = {
    measured: (labels) => measurements.inc(labels),
    providerAsked: (labels, duration) => requests.observe(labels, duration),
    passFinished: (duration, late) => {
      ticks.observe(duration);
      lag.observe(Math.max(0, late));
    },
    attempted: (labels) => attempts.inc(labels),
    gaveUp: (labels) => failed.inc(labels),
    stateEntered: (state) => moves.inc({ state }),
    decided: (state, duration) => verdicts.observe({ state }, duration),
    rolledBack: (outcome) => rollbacks.inc({ outcome }),
    drilled: (outcome) => drills.inc({ outcome }),
    pruned: (measurements) => pruned.inc(measurements),
  };
  return {
    meter,
    async text() {
      const stored = await gauges.stored();
      database.set(stored === null ? 0 : 1);
      bakes.reset();
      for (const [state, count] of stored?.bakes ?? []) bakes.set({ state }, count);
      if (stored === null) outbox.remove();
      else outbox.set(stored.outboxOldestSeconds);
      idle.set(gauges.schedulerIdleSeconds());
      for (const [provider, isUp] of gauges.providersUp()) up.set({ provider }, isUp ? 1 : 0);
      return await registry.metrics();
    },
  };
}
