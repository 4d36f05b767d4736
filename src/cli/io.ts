import type { Writable } from 'node:stream';
import { visibleText } from '../core/base/visible-text.ts';

/** How a command prints, reads the clock and waits. Injected, so that tests can replace it. */
export type Io = {
  readonly out: Writable;
  readonly err: Writable;
  readonly isTerminal: boolean;
  /** The width of the terminal in characters. Missing: the output is no terminal. */
  readonly columns?: number | undefined;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
};

/** Prints a line of the result to standard output. */
export function say(io: Io, line: string): void {
  io.out.write(`${safeLine(line)}\n`);
}

/** Prints a line of progress or a warning to standard error. */
export function note(io: Io, line: string): void {
  io.err.write(`${safeLine(line)}\n`);
}

/** Prints a value as JSON. Escapes every character that a terminal would act upon; the value stays the same. */
export function sayJson(io: Io, value: unknown): void {
  const text = JSON.stringify(value).replace(unsafeCharacters, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  io.out.write(`${text}\n`);
}

const unsafeCharacters = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/**
 * Makes a line of untrusted text safe to print. The output of a hook or a site must not move the cursor, set the window title, add lines, or give
 * commands to the CI system that reads the log (`::name::` at the start of a line, `##[name]` and `##vso[name]` anywhere in it).
 */
export function safeLine(line: string): string {
  return visibleText(line.replace(/[\r\n]+/g, ' '))
    .replace(/^(\s*)::/, '$1: :')
    .replace(/##(?=\w*\[)/g, '# #');
}
