import { basename, dirname, join } from 'node:path';
import type { RuleSet } from '../core/rules/rule-set.ts';
import { show } from '../core/rules/written-values.ts';
import type { Bindable, Config, ConfigSources } from './config.ts';
import { Instance } from './config-file.ts';
import { Cursor } from './cursor.ts';
import { readConfig, rulePaths } from './parse-config.ts';
import { readRules } from './parse-rules.ts';
import { Problems } from './problems.ts';
import { readFileText } from './read-file-text.ts';
import type { KnownProvider, RulesContext } from './rules-context.ts';

/** The path of a config, and how it and its rule files are read. `listFiles` returns the file names in a folder. It throws if there is no such folder. */
export type ConfigSite<P, H, T, N> = ConfigSources<P, H, T, N> & {
  readonly file: string;
  readonly listFiles: (folder: string) => readonly string[];
};

/** A config and its rule sets. Their key is `placeKey`. */
export type LoadedConfig<P, H, T, N> = { readonly config: Config<P, H, T, N>; readonly ruleSets: ReadonlyMap<string, RuleSet> };

/** Loads a config and all rule files that it names. Throws one `ConfigError` with all problems of all files. */
export function loadConfig<P, H, T, N>(site: ConfigSite<P, H, T, N>): LoadedConfig<P, H, T, N> {
  const problems = new Problems();
  const loaded = readConfigAndRules(site, problems);
  problems.throwIfAny();
  if (!loaded) throw new Error('a config without a problem must be readable');
  return loaded;
}

/** Reads a config and its rule files, and adds the problems to `problems`. Also returns the paths of the rule files. */
export function readConfigAndRules<P, H, T, N>(
  site: ConfigSite<P, H, T, N>,
  problems: Problems,
): (LoadedConfig<P, H, T, N> & { readonly context: RulesContext; readonly ruleFiles: readonly string[] }) | null {
  const read = readFiles(site, problems);
  if (read === null) return null;
  const { config, context, ruleFiles } = read;
  for (const { problems: own } of ruleFiles) {
    for (const problem of own.list()) problems.add(problem);
    for (const note of own.notes()) problems.addNote(note);
  }
  const all = ruleFiles.flatMap(({ ruleSets: own }) => own);
  const ruleSets = new Map(all.map((ruleSet) => [placeKey(ruleSet.service, ruleSet.environment), ruleSet]));
  return { config, ruleSets, context, ruleFiles: ruleFiles.map(({ file }) => file) };
}

/** One rule file as it was read: each with its own problems, and without rules where it could not be read at all. */
export type RuleFileReading = { readonly file: string; readonly ruleSets: readonly RuleSet[]; readonly problems: Problems };

/** What `readFiles` finds. */
export type FilesReading<P, H, T, N> = {
  readonly config: Config<P, H, T, N>;
  readonly context: RulesContext;
  readonly ruleFiles: readonly RuleFileReading[];
};

/** Reads a config and its rule files. `problems` gets those of the config. Returns `null` where the config cannot be read. */
export function readFiles<P, H, T, N>(site: ConfigSite<P, H, T, N>, problems: Problems): FilesReading<P, H, T, N> | null {
  const text = readFileText(site.file, site.readFile, Cursor.ofFile(site.file, problems));
  const read = text === null ? null : readConfig({ text, file: site.file }, site, problems);
  if (read === null) return null;
  const context = rulesContextOf(read.top, site);
  return { config: read.config, context, ruleFiles: readRuleFiles(ruleFiles(read.top, site), { site, context, problems }) };
}

/** The key of a rule set: `service/environment`. A slash inside a name becomes `%2F`: no name contains a `%`. */
export function placeKey(service: string, environment: string): string {
  return `${service.replaceAll('/', '%2F')}/${environment.replaceAll('/', '%2F')}`;
}

/** The instances that rule files may name. An invalid instance counts as defined, so that its problem is reported only once. */
export function rulesContextOf<P, H, T, N>(
  top: Cursor,
  { plugins, readFile }: Pick<ConfigSources<P, H, T, N>, 'plugins' | 'readFile'>,
): RulesContext {
  const providers = new Map<string, KnownProvider>();
  for (const plugin of plugins.providers.values()) if (plugin.isBuiltIn) providers.set(plugin.type, knownProvider(plugin, {}));
  for (const name of top.at('providers').keys) {
    const type = top.at('providers').at(name).at('type').value;
    const plugin = typeof type === 'string' ? plugins.providers.get(type) : undefined;
    const { type: _, ...options } = Instance.safeParse(top.at('providers').at(name).value).data ?? { type: '' };
    providers.set(name, knownProvider(plugin, options));
  }
  const [hooks, traffic, notifiers] = [top.at('hooks').keys, top.at('traffic').keys, top.at('notifiers').keys].map(
    (names) => new Set(names),
  );
  return { providers, hooks, traffic, notifiers, readFile };
}

function knownProvider(plugin: Bindable<unknown> | undefined, options: unknown): KnownProvider {
  return {
    lintSelector: (text) => plugin?.lintSelector?.(text) ?? null,
    lintQuery: (text, kind, stepMs) => plugin?.lintQuery?.(text, kind, stepMs, options) ?? null,
    lintCall: (text, use) => plugin?.lintCall?.(options, text, use) ?? null,
    lintMatchers: plugin?.lintMatchers,
    simplifySelector: plugin?.simplifySelector,
    lintSplit: plugin === undefined ? () => null : plugin.lintSplit,
    hasAlerts: plugin === undefined ? undefined : plugin.hasAlerts === true,
    lintProbe: plugin === undefined || plugin.lintProbe ? (target) => plugin?.lintProbe?.(options, target) ?? null : undefined,
  };
}

type RuleFileCursors = ReadonlyMap<string, Cursor>;
type ConfigParts<P, H, T, N> = { readonly site: ConfigSite<P, H, T, N>; readonly context: RulesContext; readonly problems: Problems };

/** The rule files that a config names, each with its place in the config. */
function ruleFiles<P, H, T, N>(top: Cursor, site: ConfigSite<P, H, T, N>): RuleFileCursors {
  const named = rulePaths(top.at('rules'), site.file);
  return new Map(named.flatMap(({ path, cursor }) => expandPattern(path, site, cursor).map((file) => [file, cursor])));
}

function readRuleFiles<P, H, T, N>(
  files: RuleFileCursors,
  { site, context, problems: config }: ConfigParts<P, H, T, N>,
): readonly RuleFileReading[] {
  const firstFile = new Map<string, string>();
  return [...files].map(([file, cursor]) => {
    const problems = new Problems(config);
    const text = readFileText(file, site.readFile, cursor.reportingTo(problems));
    const read = text === null ? null : readRules({ text, file, context }, problems);
    if (read === null) return { file, ruleSets: [], problems };
    for (const { service, environment, pattern } of read.ruleSets) {
      const key = placeKey(service, environment);
      const other = service === '' || environment === '' ? undefined : firstFile.get(key);
      firstFile.set(key, other ?? file);
      if (other === undefined) continue;
      const name = pattern !== undefined ? 'match' : read.top.at('services').isPresent ? 'services' : 'service';
      const text = `${service} in ${environment} already has rules, in ${other}`;
      read.top.at(name).problem(text, 'keep one file for each service and environment');
    }
    return { file, ruleSets: read.ruleSets, problems };
  });
}

function expandPattern<P, H, T, N>(path: string, { listFiles }: ConfigSite<P, H, T, N>, cursor: Cursor): readonly string[] {
  const pattern = basename(path);
  if (!pattern.includes('*')) return [path];
  const folder = dirname(path);
  const names = listFileNames(folder, listFiles);
  if (names === null) cursor.problem(`the folder ${show(folder)} cannot be read`, 'name an existing folder');
  const found = names?.filter((name) => matches(name, pattern)).sort() ?? [];
  if (names !== null && found.length === 0) cursor.problem(`no file matches ${show(path)}`);
  return found.map((name) => join(folder, name));
}

function listFileNames(folder: string, listFiles: (folder: string) => readonly string[]): readonly string[] | null {
  try {
    return listFiles(folder);
  } catch {
    return null;
  }
}

/** Whether a file name matches a pattern. Each `*` stands for any characters. Hidden files match only a pattern that begins with a dot. */
function matches(name: string, pattern: string): boolean {
  const parts = pattern.split('*');
  if (name.startsWith('.') && !pattern.startsWith('.')) return false;
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const next = name.indexOf(part, at);
    if (next === -1) return false;
    at = next + part.length;
  }
  return at <= name.length - last.length;
}
