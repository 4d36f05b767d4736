import { formatDuration } from '../core/base/duration.ts';
import type { Condition, Question, RuleSet } from '../core/rules/rule-set.ts';
import { readShare } from './amounts.ts';
import type { Cursor } from './cursor.ts';
import { Anomaly, BareCondition, Drop, MannWhitney, Regression } from './statistics.ts';

/** Conditions that need no limit: what is usual is learned from the past. */
export type Statistic = (typeof BareCondition.options)[number];

type StatisticContext = {
  readonly around: { readonly kind: Question['kind'] | null; readonly hasControl: boolean; readonly bake: RuleSet['bake'] };
  readonly ways: Set<'up' | 'down'>;
};
type StatisticParams = Condition['params'];

export const statistics: readonly Statistic[] = BareCondition.options;

export function isStatistic(word: string): word is Statistic {
  return statistics.some((name) => name === word);
}

/** The analyzer of a statistical condition and its parameters; `cursor` stands at a map of parameters, or at the bare word. */
export function readStatistic(cursor: Cursor, name: Statistic, around: StatisticContext): Omit<Condition, 'damping'> {
  const isBare = typeof cursor.value === 'string';
  switch (name) {
    case 'regression':
      return { analyzer: 'regression', params: isBare ? {} : readRegression(cursor, around) };
    case 'drop':
      around.ways.add('down');
      return { analyzer: 'regression', params: { ...(!isBare && readDrop(cursor)), direction: 'down' } };
    case 'anomaly':
      return { analyzer: 'anomaly', params: isBare ? {} : readAnomaly(cursor, around) };
    case 'mann_whitney':
      return { analyzer: 'mann_whitney', params: isBare ? {} : readMannWhitney(cursor, around) };
  }
}

/** The flap damping of a condition that says nothing of it. One reading far off is no rarity: undamped, `anomaly` would fail one healthy bake in seven, or more. */
export function usualDamping(name: string | undefined, bake: RuleSet['bake']): Condition['damping'] {
  const n = name === 'anomaly' ? Math.max(1, Math.min(4, Math.floor(bake.forMs / bake.everyMs))) : 1;
  return { k: Math.min(3, n), n };
}

/** Reports flap damping beside a condition that weighs all of the bake's evidence together, and so has no readings to count. */
export function undamped(cursor: Cursor, name: Statistic): void {
  if (name === 'anomaly' || !cursor.isPresent) return;
  cursor.keyProblem(`does not apply to ${name}, which weighs all readings together`, 'leave `for` out');
}

function readRegression(cursor: Cursor, { ways }: StatisticContext): StatisticParams {
  if (!cursor.isMapOf(Object.keys(Regression.shape))) return {};
  const direction = readWay(cursor, ways);
  const amount = cursor.at('tolerance').take(Regression.shape.tolerance);
  const tolerance = amount === undefined ? null : readShare(cursor.at('tolerance'), amount, direction.direction === 'down' ? 1 : 10);
  return { ...(tolerance !== null && { tolerance }), ...direction };
}

function readDrop(cursor: Cursor): StatisticParams {
  if (!cursor.isMapOf(Object.keys(Drop.shape))) return {};
  const amount = cursor.at('tolerance').take(Drop.shape.tolerance);
  const tolerance = amount === undefined ? null : readShare(cursor.at('tolerance'), amount);
  return tolerance === null ? {} : { tolerance };
}

function readAnomaly(cursor: Cursor, around: StatisticContext): StatisticParams {
  if (!cursor.isMapOf(Object.keys(Anomaly.shape))) return {};
  return { ...taken(cursor, 'sensitivity', Anomaly.shape.sensitivity), ...readWay(cursor, around.ways), ...readSlower(cursor, around) };
}

function readMannWhitney(cursor: Cursor, scene: StatisticContext): StatisticParams {
  const { shape } = MannWhitney;
  if (!cursor.isMapOf(Object.keys(shape))) return {};
  const { around, ways } = scene;
  const to = cursor.at('to').take(shape.to);
  if (to?.kind === 'control' && !around.hasControl) {
    cursor.at('to').problem('there is no control to compare with', 'add a `control:` section with `canary` and `stable` matchers');
  }
  return {
    ...(to !== undefined && { to }),
    ...readShareOf(cursor, 'tolerance', 1),
    ...readConfidence(cursor),
    ...readInterval(cursor, around.bake),
    ...readEffect(cursor),
    ...readMissing(cursor, around.kind),
    ...readWay(cursor, ways),
    ...readSlower(cursor, scene),
  };
}

function readShareOf(cursor: Cursor, name: 'tolerance' | 'confidence', most: number): { readonly [key: string]: number } {
  const amount = cursor.at(name).take(MannWhitney.shape[name]);
  const share = amount === undefined ? null : readShare(cursor.at(name), amount, most);
  return share === null ? {} : { [name]: share };
}

function readConfidence(cursor: Cursor): StatisticParams {
  const { confidence, ...none } = readShareOf(cursor, 'confidence', 1);
  if (confidence === undefined) return none;
  if (confidence >= 0.5 && confidence <= 0.9999) return { confidence };
  cursor.at('confidence').problem('no test can be that sure, or that unsure', 'write 50% to 99.99%');
  return {};
}

function readInterval(cursor: Cursor, bake: RuleSet['bake']): StatisticParams {
  const interval = cursor.at('interval').take(MannWhitney.shape.interval);
  if (interval === undefined) return {};
  const wrong =
    interval < bake.everyMs
      ? `shorter than one tick of ${formatDuration(bake.everyMs)}`
      : `longer than the bake of ${formatDuration(bake.forMs)}`;
  if (interval < bake.everyMs || interval > bake.forMs) cursor.at('interval').problem(`${formatDuration(interval)} is ${wrong}`);
  return { interval };
}

function readEffect(cursor: Cursor): StatisticParams {
  const { shape } = MannWhitney;
  const effect = taken(cursor, 'effect_size', shape.effect_size);
  const limits = {
    ...taken(cursor, 'allowed_increase', shape.allowed_increase),
    ...taken(cursor, 'allowed_decrease', shape.allowed_decrease),
  };
  for (const [name, limit] of Object.entries(limits)) {
    if (effect.effect_size === 'cles' && Number(limit) > 1) cursor.at(name).problem(`${Number(limit)} is no probability`, 'write 0 to 1');
  }
  return { ...effect, ...limits };
}

function readMissing(cursor: Cursor, kind: Question['kind'] | null): StatisticParams {
  const at = cursor.at('nan_strategy');
  const strategy = taken(cursor, 'nan_strategy', MannWhitney.shape.nan_strategy);
  if (strategy.nan_strategy === 'replace' && (kind === 'ratio' || kind === 'latency')) {
    at.problem('a share of no requests is not zero', 'leave it out: ticks without requests are left out');
  }
  return strategy;
}

function readWay(cursor: Cursor, ways: Set<'up' | 'down'>): { readonly direction?: 'up' | 'down' | 'both' } {
  const direction = cursor.at('direction').take(Regression.shape.direction);
  for (const way of ['up', 'down'] as const) if (direction === way || direction === 'both') ways.add(way);
  return direction === undefined ? {} : { direction };
}

function readSlower(cursor: Cursor, { around }: StatisticContext): StatisticParams {
  const at = cursor.at('slower_than');
  if (around.kind !== null && around.kind !== 'latency' && at.isPresent) {
    at.keyProblem(`is for a latency check, and this one asks for a ${around.kind}`);
  }
  return taken(cursor, 'slower_than', Anomaly.shape.slower_than);
}

function taken(cursor: Cursor, name: string, schema: Parameters<Cursor['take']>[0]): StatisticParams {
  const value: unknown = cursor.at(name).take(schema);
  return value === undefined ? {} : { [name]: value };
}
