import { AppError, type Problem } from '../core/base/errors.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';
import { checkFiles } from './check-files.ts';
import type { Config } from './config.ts';
import type { Cursor } from './cursor.ts';
import { type ConfigSite, readConfigAndRules } from './load-config.ts';
import { readRules } from './parse-rules.ts';
import { Problems } from './problems.ts';
import { formatPath } from './tree.ts';

/** A rule set and the positions of its queries. */
export type LiveRules = {
  readonly file: string;
  readonly ruleSet: RuleSet;
  /** Where a source (`bad`, `buckets` …) of a check is written. */
  readonly placeOf: (check: string, source: string) => Pick<Problem, 'file' | 'line' | 'column' | 'path'>;
};

/** Files without a problem, of which one is a config. */
type LiveFiles = { readonly files: readonly string[]; readonly config: string | null };

/**
 * Loads rule files together with the config whose providers are asked. Without a rule file among `files`, those that the config names are loaded.
 * Throws `ConfigError` with all problems, and `AppError('invalid')` where there is not exactly one config.
 */
export function loadLiveRules<P, H, T, N>(
  { files, config }: LiveFiles,
  world: Omit<ConfigSite<P, H, T, N>, 'file'>,
): { readonly config: Config<P, H, T, N>; readonly rules: readonly LiveRules[]; readonly warnings: readonly Problem[] } {
  const all = [...new Set([...files, ...(config === null ? [] : [config])])];
  const sorted = checkFiles(all, world).files;
  const configs = sorted.filter(({ kind }) => kind === 'config').map(({ file }) => file);
  const [file] = configs;
  if (file === undefined || configs.length > 1)
    throw new AppError('invalid', '--live needs one config, for its providers: add it to the files, or name it with --config');
  const problems = new Problems();
  const loaded = readConfigAndRules({ ...world, file }, problems);
  const given = sorted.filter((one) => one.kind === 'rules' && files.includes(one.file)).map((one) => one.file);
  const paths = given.length > 0 ? given : (loaded?.ruleFiles ?? []);
  const rules = paths.flatMap((path) => {
    const read = readRules({ text: world.readFile(path), file: path, context: loaded?.context ?? {} }, problems);
    return read === null
      ? []
      : read.ruleSets.map((ruleSet) => ({
          file: path,
          ruleSet,
          placeOf: (check: string, source: string) => placeIn(read.top, check, source),
        }));
  });
  problems.throwIfAny();
  if (loaded === null) throw new Error('a config without a problem must be readable');
  return { config: loaded.config, rules, warnings: problems.warnings() };
}

function placeIn(top: Cursor, check: string, source: string) {
  const at = top.at('checks').at(check);
  const spots = [
    top.at('control').at(source),
    at.at('ratio').at(source),
    at.at('slo').at('ratio').at(source),
    at.at('rate').at(source),
    at.at('rate'),
    at.at('latency'),
    at.at('value'),
    at.at('alert').at('match'),
  ];
  const spot = spots.find(({ isPresent }) => isPresent) ?? at;
  return { ...spot.place, path: formatPath(spot.path) };
}
