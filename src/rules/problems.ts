import { ConfigError, type Problem } from '../core/base/errors.ts';

const maxProblems = 200;

/** Collects the problems of one or several files, and removes hidden texts (secrets) from them. */
export class Problems {
  readonly #found = new Map<string, Problem>();
  readonly #hidden: Set<string>;
  readonly #notes = new Map<string, Problem>();
  readonly #warnings = new Map<string, Problem>();
  #dropped = 0;

  /** `config`: the problems of the config that a rule file belongs to; what is hidden there is hidden here. */
  constructor(config?: Problems) {
    this.#hidden = config === undefined ? new Set() : config.#hidden;
  }

  /** Removes the text from all messages. Ignores texts shorter than four characters: to remove them would only make messages unreadable. */
  hide(text: string): void {
    if (text.length >= 4) this.#hidden.add(text);
  }

  add(problem: Problem): void {
    const key = `${problem.file}:${problem.line}:${problem.column}:${problem.path}:${problem.message}`;
    if (this.#found.has(key)) return;
    if (this.#found.size < maxProblems) this.#found.set(key, problem);
    else this.#dropped += 1;
  }

  /** Adds a remark about something that is correct. */
  addNote(note: Problem): void {
    if (this.#notes.size < maxProblems) this.#notes.set(`${note.file}:${note.path}:${note.message}`, note);
  }

  /** Adds a warning of something that is allowed, and not safe. */
  addWarning(warning: Problem): void {
    if (this.#warnings.size < maxProblems) this.#warnings.set(`${warning.file}:${warning.path}:${warning.message}`, warning);
  }

  /** All warnings, in the order in which they were found. */
  warnings(): readonly Problem[] {
    return [...this.#warnings.values()].map((warning) => this.#scrubbed(warning));
  }

  /** All remarks, in the order in which they were found. */
  notes(): readonly Problem[] {
    return [...this.#notes.values()].map((note) => this.#scrubbed(note));
  }

  get isEmpty(): boolean {
    return this.#found.size === 0;
  }

  /** All problems, in the order of their positions. */
  list(): readonly Problem[] {
    const sorted = [...this.#found.values()].sort((a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column);
    const last = sorted.at(-1);
    if (last && this.#dropped > 0) sorted.push({ ...last, path: '', message: `and ${this.#dropped} more problems`, hint: undefined });
    return sorted.map((problem) => this.#scrubbed(problem));
  }

  /** Throws a `ConfigError` with all problems if there are any. */
  throwIfAny(): void {
    if (!this.isEmpty) throw new ConfigError(this.list());
  }

  #scrubbed(problem: Problem): Problem {
    const scrub = (text: string): string => {
      let clean = text;
      for (const hidden of this.#hidden) clean = clean.replaceAll(hidden, '[redacted]');
      // A message may quote untrusted text, so control characters (line breaks, terminal escapes) are removed.
      return clean.replaceAll(/\p{Cc}+/gu, ' ');
    };
    const hint = problem.hint === undefined ? {} : { hint: scrub(problem.hint) };
    return { ...problem, path: scrub(problem.path), message: scrub(problem.message), ...hint };
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
