import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { FinalBake } from '../core/bake/bake.ts';
import { alertDropReasons, decidedStates, drillOutcomes, type Meter, rollbackOutcomes } from '../core/base/meter.ts';
import { createHttpMeter } from './http-metrics.ts';
import { createRuleBookGauges, type RuleBookGauges } from './rule-book-gauges.ts';
import { createTokenGauge, type TokenEnd } from './token-gauge.ts';

export type Metrics = {
  readonly meter: Meter;
  /** The text exposition, with the current values of the gauges. While the database is away, it still has everything that is counted in memory. */
  text(gauges: Gauges): Promise<string>;
};

/** Values that are read at each scrape. */
export type Gauges = {
  /** Values from the database; `null` while it is away. */
  readonly stored: StoredGauges | null;
  /** How long ago the scheduler last looked for due bakes. */
  readonly schedulerIdleSeconds: number;
  /** Whether each provider answered the last request; a provider that got no request yet is missing. */
  readonly providersUp: ReadonlyMap<string, boolean>;
  /** Whether the breaker of each provider is open: no question is sent to it. */
  readonly providersOpen?: ReadonlyMap<string, boolean>;
  /** How many servers share the database, and the limits of the providers. */
  readonly servers?: number;
  /** How far each other clock is ahead of the server's time, in milliseconds. */
  readonly clockSkews?: ReadonlyMap<string, number>;
  readonly ruleBook?: RuleBookGauges;
  readonly tokensExpiring?: readonly TokenEnd[];
};

export type StoredGauges = {
  readonly bakes: ReadonlyMap<string, number>;
  readonly outboxOldestSeconds: number;
  /** How long the bake that is due for longest waits for its pass. */
  readonly overdueSeconds?: number;
};

const endStates: readonly FinalBake['state'][] = ['passed', 'rolled_back', 'inconclusive', 'failed', 'canceled', 'superseded'];

/** From the shortest bake of a demo to a bake of one night. */
const bakeSeconds = [15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200];

const requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Creates all metrics of the server on a registry of its own. Names: `bakewatch_`, base units, few labels. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'bakewatch_' });
  const meter: Meter = {
    ...createPassMeter(registry),
    ...createBakeMeter(registry),
    ...createEffectMeter(registry),
    ...createHttpMeter(registry),
  };
  const refresh = createGauges(registry);
  return {
    meter,
    async text(gauges) {
      refresh(gauges);
      return await registry.metrics();
    },
  };
}

type PassMeter = Pick<Meter, 'measured' | 'providerAsked' | 'questionSkipped' | 'passFinished' | 'pruned' | 'alertsDropped'>;

function createPassMeter(registry: Registry): PassMeter {
  const registers = [registry];
  const measurements = new Counter({
    name: 'bakewatch_measurements_total',
    help: 'Measurements of checks, by outcome: pass, fail, inconclusive, error.',
    labelNames: ['provider', 'outcome'],
    registers,
  });
  const requests = new Histogram({
    name: 'bakewatch_provider_request_seconds',
    help: 'Duration of requests to providers.',
    labelNames: ['provider', 'outcome'],
    buckets: requestSeconds,
    registers,
  });
  const skipped = new Counter({
    name: 'bakewatch_provider_questions_skipped_total',
    help: 'Questions that were not sent: the provider does not answer (open), or has too much to answer (shed).',
    labelNames: ['provider', 'reason'],
    registers,
  });
  const passes = new Histogram({
    name: 'bakewatch_tick_seconds',
    help: 'Duration of one pass over one bake.',
    buckets: requestSeconds,
    registers,
  });
  const lag = new Histogram({ name: 'bakewatch_tick_lag_seconds', help: 'How late a pass began.', buckets: requestSeconds, registers });
  const pruned = new Counter({
    name: 'bakewatch_measurements_deleted_total',
    help: 'Measurements deleted because they were older than database.retention.',
    registers,
  });
  const dropped = new Counter({
    name: 'bakewatch_alerts_dropped_total',
    help: 'Alerts that were sent to this server and not stored, by reason: no_place, unknown_place, not_allowed, too_large.',
    labelNames: ['reason'],
    registers,
  });
  for (const reason of alertDropReasons) dropped.inc({ reason }, 0);
  return {
    alertsDropped: (reason, count) => dropped.inc({ reason }, count),
    measured: (labels) => measurements.inc(labels),
    providerAsked: (labels, duration) => requests.observe(labels, duration),
    questionSkipped: (labels) => skipped.inc(labels),
    passFinished: (duration, late) => {
      passes.observe(duration);
      lag.observe(Math.max(0, late));
    },
    pruned: (count) => pruned.inc(count),
  };
}

type BakeMeter = Pick<Meter, 'stateEntered' | 'decided' | 'rolledBack' | 'drilled'>;

function createBakeMeter(registry: Registry): BakeMeter {
  const registers = [registry];
  const moves = new Counter({ name: 'bakewatch_bakes_moved_total', help: 'Bakes that entered a state.', labelNames: ['state'], registers });
  const verdicts = new Histogram({
    name: 'bakewatch_verdict_seconds',
    help: 'From the deploy to the decision about its bake, by the state that it led to; bakes that a person ended are not counted.',
    labelNames: ['state'],
    buckets: bakeSeconds,
    registers,
  });
  const rollbacks = new Counter({
    name: 'bakewatch_rollbacks_total',
    help: 'Rollbacks that ended, by outcome: recovered, not_measured, not_recovered, not_done, unknown.',
    labelNames: ['outcome'],
    registers,
  });
  const drills = new Counter({
    name: 'bakewatch_drills_total',
    help: 'Drills of rollback hooks, by outcome: succeeded, failed.',
    labelNames: ['outcome'],
    registers,
  });
  // Most of these events are rare. They start at 0, so that Prometheus sees the first one as an increase.
  for (const state of endStates) moves.inc({ state }, 0);
  for (const state of decidedStates) verdicts.zero({ state });
  for (const outcome of rollbackOutcomes) rollbacks.inc({ outcome }, 0);
  for (const outcome of drillOutcomes) drills.inc({ outcome }, 0);
  return {
    stateEntered: (state) => moves.inc({ state }),
    decided: (state, duration) => verdicts.observe({ state }, duration),
    rolledBack: (outcome) => rollbacks.inc({ outcome }),
    drilled: (outcome) => drills.inc({ outcome }),
  };
}

function createEffectMeter(registry: Registry): Pick<Meter, 'attempted' | 'gaveUp'> {
  const registers = [registry];
  const attempts = new Counter({
    name: 'bakewatch_effect_attempts_total',
    help: 'Attempts to roll back, to shift traffic or to notify.',
    labelNames: ['kind', 'plugin', 'outcome'],
    registers,
  });
  const failed = new Counter({
    name: 'bakewatch_effects_failed_total',
    help: 'Rollbacks, shifts and notices that were given up.',
    labelNames: ['kind', 'plugin'],
    registers,
  });
  return { attempted: (labels) => attempts.inc(labels), gaveUp: (labels) => failed.inc(labels) };
}

/** Creates the gauges. The returned function sets them to their current values. */
function createGauges(registry: Registry): (values: Gauges) => void {
  const registers = [registry];
  const bakes = new Gauge({ name: 'bakewatch_bakes', help: 'Live bakes by state.', labelNames: ['state'], registers });
  const outbox = new Gauge({
    name: 'bakewatch_outbox_oldest_seconds',
    help: 'Age of the oldest effect that is not yet performed.',
    registers,
  });
  const idle = new Gauge({
    name: 'bakewatch_scheduler_idle_seconds',
    help: 'How long ago the scheduler last looked for due bakes.',
    registers,
  });
  const database = new Gauge({
    name: 'bakewatch_database_up',
    help: 'Whether the database answered: 1 or 0. At 0, the bakes and the oldest effect are missing.',
    registers,
  });
  const up = new Gauge({
    name: 'bakewatch_provider_up',
    help: 'Whether the provider answered the last request: 1 or 0.',
    labelNames: ['provider'],
    registers,
  });
  const open = new Gauge({
    name: 'bakewatch_provider_open',
    help: 'Whether the breaker of the provider is open, so that it gets no questions: 1 or 0.',
    labelNames: ['provider'],
    registers,
  });
  const servers = new Gauge({
    name: 'bakewatch_servers',
    help: 'Servers that share the database and the limits of the providers.',
    registers,
  });
  const overdue = new Gauge({
    name: 'bakewatch_overdue_seconds',
    help: 'How long the bake that is due for longest waits for a pass.',
    registers,
  });
  const skew = new Gauge({
    name: 'bakewatch_clock_skew_seconds',
    help: 'How far the clock of the machine (process), of the database or of a provider is ahead of the time that bakes go by.',
    labelNames: ['of'],
    registers,
  });
  const [tokens, book] = [createTokenGauge(registers), createRuleBookGauges(registers)];
  return ({
    stored,
    schedulerIdleSeconds,
    providersUp,
    providersOpen = new Map(),
    servers: count = 1,
    clockSkews = new Map(),
    ruleBook,
    tokensExpiring = [],
  }) => {
    if (ruleBook !== undefined) book(ruleBook);
    tokens(tokensExpiring);
    up.reset();
    open.reset();
    database.set(stored === null ? 0 : 1);
    bakes.reset();
    for (const [state, count] of stored?.bakes ?? []) bakes.set({ state }, count);
    if (stored === null) outbox.remove();
    else outbox.set(stored.outboxOldestSeconds);
    if (stored === null) overdue.remove();
    else overdue.set(stored.overdueSeconds ?? 0);
    idle.set(schedulerIdleSeconds);
    servers.set(count);
    for (const [provider, isOpen] of providersOpen) open.set({ provider }, isOpen ? 1 : 0);
    for (const [of, ms] of clockSkews) skew.set({ of }, ms / 1000);
    for (const [provider, isUp] of providersUp) up.set({ provider }, isUp ? 1 : 0);
  };
}
