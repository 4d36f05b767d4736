import type { Writable } from 'node:stream';

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
  io.out.write(`${line}\n`);
}

/** Prints a line beside the answer: progress, warnings. */
export function note(io: Io, line: string): void {
  io.err.write(`${line}\n`);
}
