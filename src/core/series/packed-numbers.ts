import type { Column } from './ticks.ts';

/** The buckets of a histogram in one tick; `null` is missing. */
export type BucketRow = readonly number[] | null;

/** The first byte of a number: it is missing, eight bytes follow, or (from 2 on) it is the distance to the whole number before it. */
const [missing, plain, firstDistance] = [0, 1, 2];
/** With larger whole numbers, a distance would no longer be exact. */
const maxWhole = 2 ** 50;
/** A byte holds seven bits of a distance; the eighth says that another byte follows. */
const continued = 128;

const maxArguments = 4_096;

const eightBytes = new DataView(new ArrayBuffer(8));

/**
 * Packs numbers into a text with a character for each byte: a whole number takes a byte or two where it is close to the one before it, any other number
 * nine. Exact, also for `NaN`, infinities and `-0`.
 */
export function packNumbers(numbers: Column): string {
  const bytes: number[] = [];
  let before = 0;
  for (const one of numbers) {
    if (one === null) bytes.push(missing);
    else if (Number.isInteger(one) && Math.abs(one) <= maxWhole && !Object.is(one, -0)) {
      pushDistance(bytes, one - before);
      before = one;
    } else pushPlain(bytes, one);
  }
  return textOf(bytes);
}

/** The numbers that `packNumbers` has packed. */
export function unpackNumbers(packed: string): (number | null)[] {
  const numbers: (number | null)[] = [];
  let before = 0;
  for (let at = 0; at < packed.length; at++) {
    const first = packed.charCodeAt(at);
    if (first === missing) numbers.push(null);
    else if (first === plain) {
      for (let i = 0; i < 8; i++) eightBytes.setUint8(i, packed.charCodeAt(at + 1 + i));
      numbers.push(eightBytes.getFloat64(0));
      at += 8;
    } else {
      let [code, scale, byte] = [first % continued, continued, first];
      for (; byte >= continued; scale *= continued) {
        byte = packed.charCodeAt(++at);
        code += (byte % continued) * scale;
      }
      code -= firstDistance;
      before += code % 2 === 0 ? code / 2 : -(code + 1) / 2;
      numbers.push(before);
    }
  }
  return numbers;
}

/** Packs rows: the length of each before its numbers. */
export function packRows(rows: readonly BucketRow[]): string {
  return packNumbers(rows.flatMap((row) => (row === null ? [null] : [row.length, ...row])));
}

/** The rows that `packRows` has packed. */
export function unpackRows(packed: string): BucketRow[] {
  const numbers = unpackNumbers(packed);
  const rows: BucketRow[] = [];
  for (let at = 0; at < numbers.length; at++) {
    const length = numbers[at] ?? null;
    rows.push(length === null ? null : numbers.slice(at + 1, at + 1 + length).map((one) => one ?? Number.NaN));
    at += length ?? 0;
  }
  return rows;
}

/** 0, -1, 1, -2, 2 … become 0, 1, 2, 3, 4 …, so that a small distance is a small number in both directions. */
function pushDistance(bytes: number[], distance: number): void {
  let rest = (distance < 0 ? -2 * distance - 1 : 2 * distance) + firstDistance;
  for (; rest >= continued; rest = Math.floor(rest / continued)) bytes.push(continued + (rest % continued));
  bytes.push(rest);
}

function pushPlain(bytes: number[], one: number): void {
  eightBytes.setFloat64(0, one);
  bytes.push(plain);
  for (let i = 0; i < 8; i++) bytes.push(eightBytes.getUint8(i));
}

// A call takes its arguments from the stack, which has room for about a hundred thousand.
function textOf(bytes: readonly number[]): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += maxArguments) text += String.fromCharCode(...bytes.slice(at, at + maxArguments));
  return text;
}
