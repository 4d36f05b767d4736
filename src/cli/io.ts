import type { Writable } from 'node:stream';
import { visibleText } from '../core/base/visible-text.ts';

/** Where a command prints, what it was given, and how it waits: handed in, so that tests can look. */
export type Io = {
  readonly out: Writable;
  readonly err: Writable;
  readonly isTerminal: boolean;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
};

/** Prints a line for the one who asked. */
export function say(io: Io, line: string): void {
  io.out.write(`${tame(line)}\n`);
}

/** Prints a line beside the answer: progress, warnings. */
export function note(io: Io, line: string): void {
  io.err.write(`${tame(line)}\n`);
}

/** Prints a value as JSON: the same value, without any character that a terminal would act upon. */
export function sayJson(io: Io, value: unknown): void {
  const text = JSON.stringify(value).replace(unseen, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  io.out.write(`${text}\n`);
}

const unseen = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/**
 * One line of what others may have written, as it may be shown: a hook, a site or a person far away must not move the cursor, set the window's title,
 * add lines of their own, or give orders to the pipeline that reads the log (`::name::` first in a line, `##[name]` and `##vso[name]` anywhere in it).
 */
export function tame(line: string): string {
  return visibleText(line.replace(/[\r\n]+/g, ' '))
    .replace(/^(\s*)::/, '$1: :')
    .replace(/##(?=\w*\[)/g, '# #');
}
