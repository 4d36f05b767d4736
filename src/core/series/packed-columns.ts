import { ColumnView, GrowingColumn, type Packing } from './growing-column.ts';
import { type BucketRow, packNumbers, packRows, unpackNumbers, unpackRows } from './packed-numbers.ts';
import type { TickValues } from './tick-values.ts';
import { packed, type Ticks } from './ticks.ts';

/** What an array takes for a number: 8 bytes for a small integer or a `null`, and 16 more for any other number. A fifth is reserved for what comes. */
const [slotBytes, doubleBytes, rowBytes] = [10, 16, 40];

const numberPacking: Packing<number | null> = {
  pack: packNumbers,
  unpack: unpackNumbers,
  bytesOf: (one) => (one === null || (one | 0) === one ? slotBytes : slotBytes + doubleBytes),
};
const rowPacking: Packing<BucketRow> = {
  pack: packRows,
  unpack: unpackRows,
  bytesOf: (row) => slotBytes + (row === null ? 0 : rowBytes + slotBytes * row.length),
};

type GrowingNumbers = GrowingColumn<number | null>;
/** Ticks without their split, in columns that grow. */
export type PackedColumns =
  | { readonly kind: 'ratio'; readonly bad: GrowingNumbers; readonly total: GrowingNumbers }
  | { readonly kind: 'rate'; readonly count: GrowingNumbers; readonly exposure?: GrowingNumbers }
  | { readonly kind: 'latency'; readonly le: readonly number[]; readonly buckets: GrowingColumn<BucketRow> }
  | { readonly kind: 'value'; readonly value: GrowingNumbers };

/** Packs ticks. Their split is left out. */
export function packTicks(ticks: Ticks): PackedColumns {
  const numbersOf = (column: readonly (number | null)[]): GrowingNumbers => new GrowingColumn(numberPacking, column);
  switch (ticks.kind) {
    case 'ratio':
      return { kind: 'ratio', bad: numbersOf(ticks.bad), total: numbersOf(ticks.total) };
    case 'rate':
      return { kind: 'rate', count: numbersOf(ticks.count), ...(ticks.exposure && { exposure: numbersOf(ticks.exposure) }) };
    case 'latency':
      return { kind: 'latency', le: ticks.le, buckets: new GrowingColumn(rowPacking, ticks.buckets) };
    case 'value':
      return { kind: 'value', value: numbersOf(ticks.value) };
  }
}

/** Appends ticks with the same columns. */
export function pushTicks(own: PackedColumns, more: Ticks): void {
  if (own.kind === 'ratio' && more.kind === 'ratio') {
    own.bad.push(more.bad);
    own.total.push(more.total);
  } else if (own.kind === 'rate' && more.kind === 'rate') {
    own.count.push(more.count);
    own.exposure?.push(more.exposure ?? []);
  } else if (own.kind === 'latency' && more.kind === 'latency') own.buckets.push(more.buckets);
  else if (own.kind === 'value' && more.kind === 'value') own.value.push(more.value);
}

/** About how much memory they take. */
export function bytesOf(own: PackedColumns): number {
  return columnsOf(own).reduce((sum, column) => sum + column.bytes(), 0);
}

function columnsOf(own: PackedColumns): readonly { readonly bytes: () => number }[] {
  switch (own.kind) {
    case 'ratio':
      return [own.bad, own.total];
    case 'rate':
      return own.exposure === undefined ? [own.count] : [own.count, own.exposure];
    case 'latency':
      return [own.buckets];
    case 'value':
      return [own.value];
  }
}

/** The ticks as they are now. A column is unpacked when it is read; `tickAt` and `lengthOf` do without. */
export function viewOf(own: PackedColumns): Ticks {
  switch (own.kind) {
    case 'ratio': {
      const [bad, total] = [new ColumnView(own.bad), new ColumnView(own.total)];
      const columns: Ticks = {
        kind: 'ratio',
        get bad() {
          return bad.all();
        },
        get total() {
          return total.all();
        },
      };
      return readable(columns, total.length, (i) => ({ kind: 'ratio', bad: bad.at(i), total: total.at(i) }));
    }
    case 'rate': {
      const count = new ColumnView(own.count);
      const exposure = own.exposure === undefined ? null : new ColumnView(own.exposure);
      const columns: Ticks = {
        kind: 'rate',
        get count() {
          return count.all();
        },
      };
      if (exposure !== null) Object.defineProperty(columns, 'exposure', { enumerable: true, get: () => exposure.all() });
      return readable(columns, count.length, (i) => ({ kind: 'rate', count: count.at(i), exposure: exposure?.at(i) ?? null }));
    }
    case 'latency': {
      const buckets = new ColumnView(own.buckets);
      const columns: Ticks = {
        kind: 'latency',
        le: own.le,
        get buckets() {
          return buckets.all();
        },
      };
      return readable(columns, buckets.length, (i) => ({ kind: 'latency', row: buckets.at(i) }));
    }
    case 'value': {
      const value = new ColumnView(own.value);
      const columns: Ticks = {
        kind: 'value',
        get value() {
          return value.all();
        },
      };
      return readable(columns, value.length, (i) => ({ kind: 'value', value: value.at(i) }));
    }
  }
}

function readable(columns: Ticks, length: number, at: (i: number) => TickValues): Ticks {
  return Object.defineProperty(columns, packed, { value: { length, at } });
}
