import { type Column, lengthOf, type Ticks } from '../series/ticks.ts';

/** The column that says for each tick whether there was an answer: `null` means no answer. */
export function answersOf(ticks: Ticks): Column | readonly (readonly number[] | null)[] {
  switch (ticks.kind) {
    case 'ratio':
      return ticks.total;
    case 'rate':
      return ticks.count;
    case 'latency':
      return ticks.buckets;
    case 'value':
      return ticks.value;
  }
}

/** The share of ticks without an answer. */
export function missingOf(ticks: Ticks): number {
  const length = lengthOf(ticks);
  return length === 0 ? 1 : answersOf(ticks).filter((answer) => answer === null).length / length;
}
