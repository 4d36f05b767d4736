import { formatNumber, formatShare } from '../base/format-number.ts';
import type { Direction } from '../rules/rule-set.ts';
import type { Ticks } from '../series/ticks.ts';

/** A regression to inject. `share`: bad events become this share of all · `times`: requests become this many times slower · `change`: a number grows by this share. */
export type InjectedRegression =
  | { readonly kind: 'share'; readonly share: number; readonly name: string }
  | { readonly kind: 'slower'; readonly of: number; readonly times: number; readonly name: string }
  | { readonly kind: 'change'; readonly change: number; readonly name: string };

/** Effects of one type (named in the plural), smallest first. */
export type RegressionFamily = { readonly name: string; readonly effects: readonly InjectedRegression[] };

const timesMore = [1.5, 2, 3, 5, 20];
const timesLess = [1.5, 3, 10];
/** Absolute shares, for a past without bad events: a multiple of zero is zero. */
const sharesOfNone = [0.001, 0.005, 0.02, 0.1];
const slower = [1.5, 2, 3];
const tails = [0.02, 0.1];
const changes = [0.1, 0.3, 0.8];

/** The regressions to inject into a check. `normalShare`: its normal share of bad events (ratios only). */
export function familiesOf(ticks: Ticks, direction: Direction, normalShare: number): readonly RegressionFamily[] {
  const ways = direction === 'both' ? (['up', 'down'] as const) : [direction];
  switch (ticks.kind) {
    case 'ratio':
      return ways.map((way) => (way === 'up' ? moreBad(normalShare) : lessOf(normalShare)));
    case 'latency':
      return [
        { name: 'slower requests', effects: slower.map((times) => ({ kind: 'slower', of: 1, times, name: `${times}× slower` })) },
        {
          name: 'slow tails',
          effects: tails.map((of) => ({ kind: 'slower', of, times: 10, name: `${formatShare(of)} ten times slower` })),
        },
      ];
    case 'rate':
    case 'value':
      return ways.map((way) => ({
        name: way === 'up' ? 'rises' : 'drops',
        effects: changes.map((size) => ({
          kind: 'change',
          change: way === 'up' ? size : -size,
          name: `${way === 'up' ? '+' : '−'}${formatShare(size)}`,
        })),
      }));
  }
}

function moreBad(normalShare: number): RegressionFamily {
  const shares = normalShare > 0 ? timesMore.map((times) => times * normalShare).filter((share) => share < 0.95) : sharesOfNone;
  const effects = shares.map((share, i): InjectedRegression => {
    const times = normalShare > 0 ? `${timesMore[i]}× ` : '';
    return { kind: 'share', share, name: `${times}(${formatNumber(Number((100 * share).toPrecision(2)))} %)` };
  });
  return { name: 'rises of bad events', effects: [...effects, { kind: 'share', share: 1, name: 'all (100 %)' }] };
}

function lessOf(normalShare: number): RegressionFamily {
  const effects = timesLess.map(
    (times): InjectedRegression => ({ kind: 'share', share: normalShare / times, name: names[times] ?? `1/${times} of it` }),
  );
  return { name: 'drops of events', effects: [...effects, { kind: 'share', share: 0, name: 'none' }] };
}

const names: Readonly<Record<number, string>> = { 1.5: 'two thirds of it', 3: 'a third of it', 10: 'a tenth of it' };
