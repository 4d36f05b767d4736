import type { RuleSet } from '../core/rules/rule-set.ts';
import type { Config } from './config.ts';
import { Cursor } from './cursor.ts';
import { type ConfigSite, readConfigAndRules } from './load-config.ts';
import { readRules } from './parse-rules.ts';
import { Problems } from './problems.ts';
import { readFileText } from './read-file-text.ts';

/** Loads one rule file and checks it against a config, which does not need to name the file. Throws one `ConfigError` with all problems of both. */
export function loadRuleFile<P, H, T, N>(
  file: string,
  site: ConfigSite<P, H, T, N>,
): { readonly config: Config<P, H, T, N>; readonly ruleSet: RuleSet } {
  const problems = new Problems();
  const loaded = readConfigAndRules(site, problems);
  const text = readFileText(file, site.readFile, Cursor.ofFile(file, problems));
  const context = loaded?.context ?? { readFile: site.readFile };
  const ruleSet = text === null ? null : readRules({ text, file, context }, problems)?.ruleSet;
  problems.throwIfAny();
  if (!loaded || !ruleSet) throw new Error('files without a problem must be readable');
  return { config: loaded.config, ruleSet };
}
