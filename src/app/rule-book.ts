import { isDeepStrictEqual } from 'node:util';
import type { OperatorPolicy } from '../core/bake/plan.ts';
import { AppError, ConfigError, formatProblem, type Problem } from '../core/base/errors.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';
import { isForService, rulesForService, servicesText } from '../core/rules/service-pattern.ts';
import type { BookContent, BookEntry, BookOffer, RuleBook, RuleBookStore } from '../ports/rule-book-store.ts';
import { placeKey } from '../rules/load-config.ts';
import type { FileRefusal } from '../rules/load-files.ts';
import type { AppFiles } from './app-config.ts';

/** What a load of files led to. `book` is in force now. */
export type BookLoad = {
  readonly outcome: 'current' | 'loaded' | 'older';
  readonly before: BookContent;
  readonly book: RuleBook;
  readonly refused: readonly FileRefusal[];
};

/** The rule book as this server uses it. */
export type LiveRuleBook = {
  /** The rules in force, by `placeKey`. A reload changes the map. */
  readonly ruleSets: ReadonlyMap<string, RuleSet>;
  policy(): OperatorPolicy;
  version(): number;
  /** The rule files that are refused now. */
  refused(): readonly FileRefusal[];
  /** Whether the rules or the instances of this server's files are not those of the book. */
  isBehind(): boolean;
  /** Why this server must not judge: its instances are not those of the book. `null`: it may. */
  standby(): string | null;
  /** Offers the files of this server as the rule book, and uses the book that is in force then. */
  load(files: AppFiles, load: Pick<BookOffer, 'isExplicit' | 'by'>): Promise<BookLoad>;
  /** Uses the newest book, also if another server has loaded it. */
  refresh(): Promise<void>;
};

type LiveRuleBookDeps = { readonly store: RuleBookStore; readonly replica: string; readonly now: () => number };

/** Opens the rule book with the files of a start. Throws `ConfigError` where a bad rule file has no rules in the book that could be kept. */
export async function openRuleBook(
  deps: LiveRuleBookDeps,
  files: AppFiles,
  load: Pick<BookOffer, 'isExplicit' | 'by'>,
): Promise<LiveRuleBook> {
  const stored = await deps.store.ruleBook();
  const lost = files.refused.filter(({ file }) => !stored?.entries.some((entry) => entry.file === file));
  if (lost.length > 0) throw new ConfigError(files.refused.flatMap(({ problems }) => problems));
  const book = createRuleBook(deps);
  await book.load(files, load);
  return book;
}

function createRuleBook({ store, replica, now }: LiveRuleBookDeps): LiveRuleBook {
  const ruleSets = new Map<string, RuleSet>();
  let book: RuleBook | null = null;
  let own: (BookContent & { readonly instances: string; readonly refused: readonly FileRefusal[] }) | null = null;

  let isBehind = false;

  function use(newer: RuleBook): void {
    book = newer;
    isBehind = own !== null && (own.instances !== newer.instances || !isSameContent(own, newer));
    ruleSets.clear();
    for (const { ruleSet } of newer.entries) ruleSets.set(placeKey(ruleSet.service, ruleSet.environment), ruleSet);
  }
  const inForce = (): RuleBook => {
    if (book === null) throw new Error('the rule book is used before it was loaded');
    return book;
  };

  return {
    ruleSets,
    policy: () => inForce().policy,
    version: () => inForce().version,
    refused: () => own?.refused ?? [],
    isBehind: () => isBehind,
    standby() {
      if (own === null || own.instances === inForce().instances) return null;
      return `this server has an older config than the rule book (${nameOf(inForce())}), so it does not judge: give it the current files, or run \`bakewatch reload\` to use its own everywhere`;
    },
    async load(files, { isExplicit, by }) {
      const stored = await store.ruleBook();
      const content = { entries: [...files.entries, ...keptEntries(files, stored)], policy: files.config.policy };
      const { instances, refused } = files;
      const { outcome, book: newer } = await store.offerRuleBook({ replica, content, instances, isExplicit, at: now(), by });
      const before = book ?? stored ?? newer;
      own = { ...content, instances, refused };
      use(newer);
      return { outcome, before, book: newer, refused };
    },
    async refresh() {
      if ((await store.ruleBookVersion()) === inForce().version) return;
      const newer = await store.ruleBook();
      if (newer !== null) use(newer);
    },
  };
}

/** The rules that bad files had before: a bad file must not take the rules of its services away. */
function keptEntries({ entries, refused }: AppFiles, stored: RuleBook | null): readonly BookEntry[] {
  const [bad, taken] = [new Set(refused.map(({ file }) => file)), new Set(entries.map(keyOf))];
  return stored?.entries.filter((entry) => bad.has(entry.file) && !taken.has(keyOf(entry))) ?? [];
}

/** The key of an entry of the rule book. */
export function keyOf({ ruleSet: { service, environment } }: BookEntry): string {
  return placeKey(service, environment);
}

function isSameContent(one: BookContent, other: BookContent): boolean {
  const plain = ({ entries, policy }: BookContent): unknown =>
    JSON.parse(JSON.stringify([entries.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)), policy]));
  return isDeepStrictEqual(plain(one), plain(other));
}

function nameOf({ version, loadedBy, loadedAt }: RuleBook): string {
  return `version ${version}, loaded by ${loadedBy} at ${new Date(loadedAt).toISOString()}`;
}

/** What people must know about the rule book, in sentences. `failure`: the problems of files that could not be loaded at all. */
export function bookWarnings(book: LiveRuleBook, failure: readonly Problem[]): readonly string[] {
  const [first] = failure;
  const standby = book.standby();
  return [
    ...(first === undefined ? [] : [`the changed files are refused, and what was loaded before stays in force: ${shown(failure)}`]),
    ...book
      .refused()
      .map(({ file, problems }) => `the rule file ${file} is refused, and the rules that it had before stay in force: ${shown(problems)}`),
    ...(standby !== null ? [standby] : []),
    ...(standby === null && book.isBehind()
      ? [
          `the rule files of this server are older than the rule book (version ${book.version()}), which it uses instead: give it the current files`,
        ]
      : []),
  ];
}

const maxShown = 3;

function shown(problems: readonly Problem[]): string {
  const more = problems.length - maxShown;
  return `${problems.slice(0, maxShown).map(formatProblem).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

/**
 * Returns the rules of a place: those that name it, or else those whose pattern matches it. Throws `AppError`: `unavailable` in standby, `not_found` without
 * rules, `conflict` where two patterns match.
 */
export function ruleSetOf(book: LiveRuleBook, service: string, environment: string): RuleSet {
  const standby = book.standby();
  if (standby !== null) throw new AppError('unavailable', standby);
  const all = [...book.ruleSets.values()];
  const named = book.ruleSets.get(placeKey(service, environment));
  if (named !== undefined && named.pattern === undefined) return named;
  const [found, other] = all.filter((one) => one.pattern !== undefined && one.environment === environment && isForService(one, service));
  if (found !== undefined && other !== undefined) {
    const both = `${found.pattern} and ${other.pattern}`;
    throw new AppError(
      'conflict',
      `two rule files are for services like ${service} in ${environment}: ${both}; write a file that names ${service}`,
      { problem: 'ambiguous_rules' },
    );
  }
  if (found !== undefined) return rulesForService(found, service);
  const known = all.map((one) => `${servicesText(one)} in ${one.environment}`).join(', ');
  throw new AppError('not_found', `there are no rules for ${service} in ${environment}; there are rules for: ${known || 'nothing yet'}`, {
    problem: 'no_rules',
  });
}
