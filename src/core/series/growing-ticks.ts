import { appendTicks, canAppend, haveSameColumns, lengthOf, missingTicks, type Ticks, valueTicks } from './ticks.ts';

/** Ticks that grow at their end, in place. A tick costs the same whatever their length is. */
export type GrowingTicks = {
  /** Whether `grow` would take these ticks. */
  readonly fits: (more: Ticks) => boolean;
  /** Appends ticks. Returns false, and changes nothing, where they do not fit: another kind, or a histogram without a bound in common. */
  readonly grow: (more: Ticks) => boolean;
  /** All ticks so far; `null`: there are none. They grow with the next `grow`. */
  readonly whole: () => Ticks | null;
  readonly clear: () => void;
  /** About how much memory they take. */
  readonly bytes: () => number;
};

type GrowingColumn = (number | null)[];
type OwnTicks =
  | { readonly kind: 'ratio'; readonly bad: GrowingColumn; readonly total: GrowingColumn }
  | { readonly kind: 'rate'; readonly count: GrowingColumn; readonly exposure?: GrowingColumn }
  | { readonly kind: 'latency'; readonly le: readonly number[]; readonly buckets: (readonly number[] | null)[] }
  | { readonly kind: 'value'; readonly value: GrowingColumn };

/** Creates them without a tick. The values of a split grow with the whole; one that is missing in an answer has missing ticks. */
export function createGrowingTicks(): GrowingTicks {
  const whole = createGrowingWhole();
  const values = new Map<string, GrowingTicks>();
  let label: string | null = null;
  const growValues = (before: Ticks | null, more: Ticks): void => {
    label = more.split?.label ?? label;
    for (const value of more.split?.values ?? []) {
      if (values.has(value)) continue;
      const one = createGrowingWhole();
      // The whole has grown already: what it holds before these ticks is missing for a new value.
      if (before !== null) one.grow(before);
      values.set(value, one);
    }
    for (const [value, one] of values) if (!one.grow(valueTicks(more, value) ?? missingTicks(more))) one.clear();
  };
  return {
    fits: whole.fits,
    grow(more) {
      const known = whole.whole();
      const before = known && (more.split?.values ?? []).some((value) => !values.has(value)) ? missingTicks(known) : null;
      if (!whole.grow(more)) return false;
      growValues(before, more);
      return true;
    },
    whole() {
      const ticks = whole.whole();
      if (ticks === null || label === null) return ticks;
      const known = [...values].flatMap(([value, one]) => {
        const own = one.whole();
        return own !== null && lengthOf(own) === lengthOf(ticks) ? [[value, own] as const] : [];
      });
      return { ...ticks, split: { label, values: known.map(([value]) => value), ticks: known.map(([, own]) => own) } };
    },
    clear() {
      whole.clear();
      values.clear();
    },
    bytes: () => [...values.values()].reduce((sum, one) => sum + one.bytes(), whole.bytes()),
  };
}

function createGrowingWhole(): GrowingTicks {
  let own: OwnTicks | null = null;
  let bytes = 0;
  return {
    fits: (more) => own === null || canAppend(own, more),
    grow(more) {
      if (own !== null && haveSameColumns(own, more)) {
        push(own, more);
        bytes += sizeOf(more);
        return true;
      }
      const next = own === null ? more : appendTicks(own, more);
      if (next === null) return false;
      own = copyOf(next);
      bytes = sizeOf(next);
      return true;
    },
    whole: () => own,
    clear() {
      own = null;
      bytes = 0;
    },
    bytes: () => bytes,
  };
}

function copyOf(ticks: Ticks): OwnTicks {
  switch (ticks.kind) {
    case 'ratio':
      return { kind: 'ratio', bad: [...ticks.bad], total: [...ticks.total] };
    case 'rate':
      return { kind: 'rate', count: [...ticks.count], ...(ticks.exposure && { exposure: [...ticks.exposure] }) };
    case 'latency':
      return { kind: 'latency', le: ticks.le, buckets: [...ticks.buckets] };
    case 'value':
      return { kind: 'value', value: [...ticks.value] };
  }
}

function push(own: OwnTicks, more: Ticks): void {
  if (own.kind === 'ratio' && more.kind === 'ratio') {
    pushAll(own.bad, more.bad);
    pushAll(own.total, more.total);
  } else if (own.kind === 'rate' && more.kind === 'rate') {
    pushAll(own.count, more.count);
    if (own.exposure !== undefined) pushAll(own.exposure, more.exposure ?? []);
  } else if (own.kind === 'latency' && more.kind === 'latency') pushAll(own.buckets, more.buckets);
  else if (own.kind === 'value' && more.kind === 'value') pushAll(own.value, more.value);
}

function pushAll<T>(list: T[], more: readonly T[]): void {
  for (const one of more) list.push(one);
}

/** What an array takes for a number: 8 bytes for a small integer or a `null`, and 16 more for any other number. A fifth is reserved for what comes. */
const [slotBytes, doubleBytes, rowBytes] = [10, 16, 40];

function sizeOf(ticks: Ticks): number {
  switch (ticks.kind) {
    case 'ratio':
      return sizeOfNumbers(ticks.bad) + sizeOfNumbers(ticks.total);
    case 'rate':
      return sizeOfNumbers(ticks.count) + sizeOfNumbers(ticks.exposure ?? []);
    case 'latency':
      return ticks.buckets.reduce((sum, row) => sum + slotBytes + (row === null ? 0 : rowBytes + slotBytes * row.length), 0);
    case 'value':
      return sizeOfNumbers(ticks.value);
  }
}

function sizeOfNumbers(numbers: readonly (number | null)[]): number {
  let bytes = slotBytes * numbers.length;
  for (const one of numbers) if (one !== null && (one | 0) !== one) bytes += doubleBytes;
  return bytes;
}
