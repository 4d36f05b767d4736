import type { RuleSet } from '../core/rules/rule-set.ts';
import type { Config } from './config.ts';
import { Cursor } from './cursor.ts';
import { type ConfigSite, rulesContextOf } from './load-config.ts';
import { readConfig } from './parse-config.ts';
import { readRules } from './parse-rules.ts';
import { Problems } from './problems.ts';
import { readFileText } from './read-file-text.ts';
import type { RulesContext } from './rules-context.ts';

/** Rule files for a command-line tool. Without a config only the built-in providers exist, and other names are not checked. */
export type RuleFilesInput<P, H, T, N> = Omit<ConfigSite<P, H, T, N>, 'file' | 'listFiles'> & {
  readonly files: readonly string[];
  readonly config: string | null;
};

/** Loads rule files and the instances of a config, without the config's own rule files. Throws one `ConfigError` with all problems of all files. */
export function loadRuleFiles<P, H, T, N>(
  site: RuleFilesInput<P, H, T, N>,
): { readonly config: Config<P, H, T, N>; readonly ruleSets: readonly RuleSet[] } {
  const problems = new Problems();
  const textOf = (file: string) => readFileText(file, site.readFile, Cursor.ofFile(file, problems));
  const text = site.config === null ? 'config: 1' : textOf(site.config);
  const read = text === null ? null : readConfig({ text, file: site.config ?? 'no config' }, site, problems);
  const known: RulesContext = read === null ? {} : rulesContextOf(read.top, site);
  const context: RulesContext = site.config === null ? { providers: known.providers, isPartial: true, readFile: site.readFile } : known;
  const ruleSets = site.files.flatMap((file) => {
    const rules = textOf(file);
    return rules === null ? [] : (readRules({ text: rules, file, context }, problems)?.ruleSets ?? []);
  });
  problems.throwIfAny();
  if (read === null) throw new Error('a config without a problem must be readable');
  return { config: read.config, ruleSets };
}
