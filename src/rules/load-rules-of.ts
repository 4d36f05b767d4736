import type { RuleSet } from '../core/rules/rule-set.ts';
import type { Config } from './config.ts';
import { Cursor } from './cursor.ts';
import { type ConfigSite, readConfigAndRules } from './load-config.ts';
import { readRules } from './parse-rules.ts';
import { Problems } from './problems.ts';
import { readFileText } from './read-text.ts';

/** Loads one rule file, which the config need not name, and checks it against the config's instances. Throws one `ConfigError` with every problem of both. */
export function loadRuleFile<P, H, T, N>(
  file: string,
  site: ConfigSite<P, H, T, N>,
): { readonly config: Config<P, H, T, N>; readonly ruleSet: RuleSet } {
  const problems = new Problems();
  const loaded = readConfigAndRules(site, problems);
  const at = { file, line: 1, column: 1 };
  const text = readFileText(
    file,
    site.readFile,
    Cursor.top({ at, keyAt: at, body: { kind: 'scalar', value: null, hidden: [] } }, problems),
  );
  const context = loaded?.context ?? { readFile: site.readFile };
  const ruleSet = text === null ? null : readRules({ text, file, context }, problems)?.ruleSet;
  problems.throwIfAny();
  if (!loaded || !ruleSet) throw new Error('files without a problem must be readable');
  return { config: loaded.config, ruleSet };
}
