import { AppError } from '../core/base/errors.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';
import { isForService, rulesForService, servicesText } from '../core/rules/service-pattern.ts';
import type { Config } from './config.ts';
import { Cursor } from './cursor.ts';
import { type ConfigSite, readConfigAndRules } from './load-config.ts';
import { readRules } from './parse-rules.ts';
import { Problems } from './problems.ts';
import { readFileText } from './read-file-text.ts';

/**
 * Loads one rule file and checks it against a config, which does not need to name the file. `service`: whose rules, where the file is for several.
 * Throws one `ConfigError` with all problems of both, and `AppError('invalid')` where the file has no rules for the service, or it is not named.
 */
export function loadRuleFile<P, H, T, N>(
  { file, service }: { readonly file: string; readonly service: string | null },
  site: ConfigSite<P, H, T, N>,
): { readonly config: Config<P, H, T, N>; readonly ruleSet: RuleSet } {
  const problems = new Problems();
  const loaded = readConfigAndRules(site, problems);
  const text = readFileText(file, site.readFile, Cursor.ofFile(file, problems));
  const context = loaded?.context ?? { readFile: site.readFile };
  const ruleSets = text === null ? [] : (readRules({ text, file, context }, problems)?.ruleSets ?? []);
  problems.throwIfAny();
  if (!loaded || ruleSets.length === 0) throw new Error('files without a problem must be readable');
  return { config: loaded.config, ruleSet: oneOf(ruleSets, { file, service }) };
}

function oneOf(ruleSets: readonly RuleSet[], { file, service }: { readonly file: string; readonly service: string | null }): RuleSet {
  const names = ruleSets.map(servicesText).join(', ');
  const [only] = ruleSets;
  if (service === null) {
    if (only !== undefined && ruleSets.length === 1 && only.pattern === undefined) return only;
    throw new AppError('invalid', `${file} has rules for ${names}: name one with --service`);
  }
  const found = ruleSets.find((one) => isForService(one, service));
  if (found === undefined) throw new AppError('invalid', `${file} has no rules for ${service}; it has rules for ${names}`);
  return rulesForService(found, service);
}
