import { isDeepStrictEqual } from 'node:util';
import type { Problem } from '../core/base/errors.ts';
import type { BookContent, BookEntry } from '../ports/rule-book-store.ts';

/** What a reload of the files did. */
export type ReloadReport = {
  /** The version of the rule book in force. */
  readonly version: number;
  /**
   * `loaded`: the rules of the files are a new version. `current`: the fleet uses these rules already. `older`: the fleet has newer ones, which stay.
   */
  readonly outcome: 'loaded' | 'current' | 'older';
  /** What changed on this server, in words such as "rules of shop in production: changed". */
  readonly changes: readonly string[];
  /** The rule files that cannot be used. Their services keep the rules that they had. */
  readonly refused: readonly { readonly file: string; readonly problems: readonly Problem[] }[];
  /** The keys of the config that have changed and are read at the start only. */
  readonly needsRestart: readonly string[];
};

/** Which parts of the files a reload loads. */
export const reloadScope =
  'a reload loads rules, tokens, providers, hooks, traffic, notifiers and policy; server, database, data_dir, drain and policy.drill.every are read at the start only';

/** Says which rules and which policy differ between two rule books. */
export function bookChanges(before: BookContent, after: BookContent): readonly string[] {
  const named = ({ entries }: BookContent): ReadonlyMap<string, unknown> =>
    new Map(entries.map((entry) => [nameOf(entry), plain(entry.ruleSet)]));
  const policy = isDeepStrictEqual(plain(before.policy), plain(after.policy)) ? [] : ['policy: changed'];
  return [...namedChanges(named(before), named(after)), ...policy];
}

function nameOf({ ruleSet: { service, environment } }: BookEntry): string {
  return `rules of ${service} in ${environment}`;
}

/** Says which names are new, changed or gone. */
export function namedChanges(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): readonly string[] {
  return [
    ...[...after].flatMap(([name, value]) => {
      if (!before.has(name)) return [`${name}: added`];
      return isDeepStrictEqual(before.get(name), value) ? [] : [`${name}: changed`];
    }),
    ...[...before.keys()].filter((name) => !after.has(name)).map((name) => `${name}: removed`),
  ];
}

/** Without the keys that are `undefined`: a rule set that was stored does not have them. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
