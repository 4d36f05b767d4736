import { scryptSync } from 'node:crypto';
import { dirname, relative } from 'node:path';
import { ConfigError, type Problem } from '../core/base/errors.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';
import type { Config } from './config.ts';
import { Cursor } from './cursor.ts';
import { type ConfigSite, readFiles } from './load-config.ts';
import { Problems } from './problems.ts';
import { readYaml } from './read-yaml.ts';

/** A rule file that cannot be used, and why. */
export type FileRefusal = { readonly file: string; readonly problems: readonly Problem[] };

/** A config, its good rule files, and those that cannot be used. Files are named relative to the folder of the config. */
export type LoadedFiles<P, H, T, N> = {
  readonly config: Config<P, H, T, N>;
  readonly entries: readonly { readonly file: string; readonly ruleSet: RuleSet }[];
  readonly refused: readonly FileRefusal[];
  /** What the config allows, and is not safe. */
  readonly warnings: readonly Problem[];
  /** A digest of the instances as they are written: the same on every machine, whatever their secrets are there. */
  readonly instances: string;
};

const instanceSections = ['providers', 'hooks', 'traffic', 'notifiers'];

/**
 * Loads a config and its rule files. One bad rule file does not stop the others. Throws a `ConfigError` with the problems of all files where the config
 * itself has one.
 */
export function loadFiles<P, H, T, N>(site: ConfigSite<P, H, T, N>): LoadedFiles<P, H, T, N> {
  const problems = new Problems();
  const texts = new Map<string, string>();
  const readFile = (path: string) => {
    const text = site.readFile(path);
    texts.set(path, text);
    return text;
  };
  const read = readFiles({ ...site, readFile }, problems);
  const bad = read?.ruleFiles.filter(({ problems: own }) => !own.isEmpty) ?? [];
  if (!problems.isEmpty || read === null) {
    throw new ConfigError([...problems.list(), ...bad.flatMap(({ problems: own }) => own.list())]);
  }
  const nameOf = (file: string) => relative(dirname(site.file), file);
  return {
    config: read.config,
    entries: read.ruleFiles.flatMap(({ file, ruleSets, problems: own }) =>
      own.isEmpty ? ruleSets.map((ruleSet) => ({ file: nameOf(file), ruleSet })) : [],
    ),
    refused: bad.map(({ file, problems: own }) => ({ file: nameOf(file), problems: own.list() })),
    warnings: problems.warnings(),
    instances: digestInstances(texts.get(site.file) ?? '', site.file),
  };
}

/** A config may hold a secret in plain text. So the digest, which is stored in the database, is made expensive to guess. */
function digestInstances(text: string, file: string): string {
  const tree = readYaml(text, file, new Problems());
  const top = tree === null ? null : Cursor.top(tree, new Problems());
  const written = instanceSections.map((section) => [section, top?.at(section).value ?? {}]);
  return scryptSync(JSON.stringify(written), 'bakewatch instances', 32).toString('hex');
}
