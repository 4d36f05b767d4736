import { didYouMean } from '../core/base/did-you-mean.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';
import type { Cursor } from './cursor.ts';
import { Unless } from './rule-file.ts';

/** Reads `unless`: the names of checks that excuse the deploy. */
export function readUnless(cursor: Cursor): readonly string[] | undefined {
  const written = cursor.take(Unless.optional());
  return typeof written === 'string' ? [written] : written;
}

/** Reports names under `unless` that are no check of this file, or the check itself. */
export function unlessProblems(top: Cursor, { checks, unless = [] }: Pick<RuleSet, 'checks' | 'unless'>): void {
  const names = checks.map(({ name }) => name);
  const report = (cursor: Cursor, list: readonly string[], own: string | null) => {
    for (const name of list) {
      if (name === own) cursor.problem('a check cannot excuse itself', 'name another check');
      else if (!names.includes(name)) cursor.problem(`there is no check ${name}`, didYouMean(name, names, 'defined'));
    }
  };
  report(top.at('unless'), unless, null);
  for (const check of checks) report(top.at('checks').at(check.name).at('unless'), check.unless ?? [], check.name);
}
