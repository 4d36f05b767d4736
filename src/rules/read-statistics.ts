import type { Condition } from '../core/rule-set.ts';
import { readShare } from './amounts.ts';
import type { Cursor } from './cursor.ts';
import { BareCondition, Drop, Regression } from './rule-file.ts';

/** Conditions that need no limit: what is usual is learned from the past. */
export type Statistic = 'regression' | 'drop';

export const statistics: readonly Statistic[] = BareCondition.options;

export function isStatistic(word: string): word is Statistic {
  return statistics.some((name) => name === word);
}

/** The analyzer of a statistical condition and its parameters; `cursor` stands at a map of parameters, or at the bare word. */
export function readStatistic(cursor: Cursor, name: Statistic, ways: Set<'up' | 'down'>): Omit<Condition, 'damping'> {
  const isBare = typeof cursor.value === 'string';
  switch (name) {
    case 'regression':
      return { analyzer: 'regression', params: isBare ? {} : readRegression(cursor, ways) };
    case 'drop':
      ways.add('down');
      return { analyzer: 'regression', params: { ...(!isBare && readDrop(cursor)), direction: 'down' } };
  }
}

/** Reports flap damping beside a condition that weighs all of the bake's evidence together, and so has no readings to count. */
export function undamped(cursor: Cursor, name: Statistic): void {
  if (cursor.isPresent) cursor.keyProblem(`does not apply to ${name}, which has its own damping`, 'leave `for` out');
}

function readRegression(cursor: Cursor, ways: Set<'up' | 'down'>): Condition['params'] {
  if (!cursor.isMapOf(Object.keys(Regression.shape))) return {};
  const direction = cursor.at('direction').take(Regression.shape.direction);
  for (const way of ['up', 'down'] as const) if (direction === way || direction === 'both') ways.add(way);
  const amount = cursor.at('tolerance').take(Regression.shape.tolerance);
  const tolerance = amount === undefined ? null : readShare(cursor.at('tolerance'), amount, direction === 'down' ? 1 : 10);
  return { ...(tolerance !== null && { tolerance }), ...(direction !== undefined && { direction }) };
}

function readDrop(cursor: Cursor): Condition['params'] {
  if (!cursor.isMapOf(Object.keys(Drop.shape))) return {};
  const amount = cursor.at('tolerance').take(Drop.shape.tolerance);
  const tolerance = amount === undefined ? null : readShare(cursor.at('tolerance'), amount);
  return tolerance === null ? {} : { tolerance };
}
