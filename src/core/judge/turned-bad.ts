import cephes from 'cephes';
import { type RatioTicks, sliceTicks } from '../series/ticks.ts';

await cephes.compiled;

/** The share of bad events of a service before and in the newest minutes. */
export type ShareChange = { readonly before: number; readonly now: number };

const maxChance = 0.001;
/** Smaller changes are ignored: the share must at least double, and grow by one percentage point. */
const minFactor = 2;
const minGrowth = 0.01;

/**
 * Whether a ratio turned bad in its newest `recent` ticks, compared with all ticks before. The exact binomial test asks whether the bad events are spread
 * evenly over both parts. Real traffic varies more than independent events do, so the newest part must also be worse than every earlier part of its length.
 */
export function turnedBad(ticks: RatioTicks, recent: number): ShareChange | null {
  const split = Math.max(0, ticks.total.length - recent);
  const [earlier, newest] = [sum(ticks, 0, split), sum(ticks, split, ticks.total.length)];
  if (earlier.total === 0 || newest.total === 0) return null;
  const change = { before: earlier.bad / earlier.total, now: newest.bad / newest.total };
  if (change.now < minFactor * change.before || change.now - change.before < minGrowth) return null;
  const chance = binomialTail(newest.bad, newest.bad + earlier.bad, newest.total / (newest.total + earlier.total));
  return chance < maxChance && change.now > worstBlock(ticks, split, recent) ? change : null;
}

/** The worst share of any `length` ticks in a row that end at `split`, or earlier. */
function worstBlock(ticks: RatioTicks, split: number, length: number): number {
  let worst = 0;
  for (let end = split; end > 0; end--) {
    const { bad, total } = sum(ticks, Math.max(0, end - length), end);
    if (total > 0) worst = Math.max(worst, bad / total);
  }
  return worst;
}

/** The bad and all events of ticks `[from, to)`. A tick without data counts nothing. */
export function sum(ticks: RatioTicks, from: number, to: number): { readonly bad: number; readonly total: number } {
  const part = sliceTicks(ticks, from, to);
  if (part.kind !== 'ratio') return { bad: 0, total: 0 };
  const add = (column: readonly (number | null)[]) => column.reduce<number>((total, value) => total + (value ?? 0), 0);
  return { bad: add(part.bad), total: add(part.total) };
}

/** The probability of `k` or more of `n` events, each with probability `p`. */
function binomialTail(k: number, n: number, p: number): number {
  return k <= 0 ? 1 : k > n ? 0 : cephes.incbet(k, n - k + 1, p);
}
