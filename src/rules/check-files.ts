import { formatProblem, type Problem } from '../core/base/errors.ts';
import type { RulesContext } from './context.ts';
import { Cursor } from './cursor.ts';
import { type ConfigSite, readConfigAndRules } from './load-config.ts';
import { readRules } from './parse-rules.ts';
import { Problems } from './problems.ts';
import { readFileText } from './read-text.ts';
import { readYaml } from './read-yaml.ts';

/** What a check of some files found: every problem, and each as the line that a terminal shows. */
export type FilesReport = {
  readonly files: readonly { readonly file: string; readonly kind: 'rules' | 'config' | 'unknown' }[];
  readonly problems: readonly Problem[];
  readonly lines: readonly string[];
};

/**
 * Checks rule files and configs, told apart by their key `rules: 1` or `config: 1`. A config brings the rule files that it names.
 * With exactly one config among them, the rule files are checked against its instances; otherwise names of instances are taken on trust.
 */
export function checkFiles<P, H, T, N>(files: readonly string[], world: Omit<ConfigSite<P, H, T, N>, 'file'>): FilesReport {
  const problems = new Problems();
  const sorted = files.map((file) => ({ file, ...readKind(file, world.readFile, problems) }));
  const configs = sorted.filter(({ kind }) => kind === 'config');
  const loaded = configs.map(({ file }) => readConfigAndRules({ ...world, file }, problems));
  const known: RulesContext = (loaded.length === 1 ? loaded[0]?.context : null) ?? { readFile: world.readFile };
  for (const { file, kind, text } of sorted) if (kind === 'rules') readRules({ text, file, context: known }, problems);
  const found = problems.list();
  const brought = loaded.flatMap((one) => one?.ruleFiles ?? []).filter((file) => !files.includes(file));
  const all = [...sorted.map(({ file, kind }) => ({ file, kind })), ...brought.map((file) => ({ file, kind: 'rules' as const }))];
  return { files: all, problems: found, lines: found.map(formatProblem) };
}

type FileContent = { readonly kind: FilesReport['files'][number]['kind']; readonly text: string };

function readKind(file: string, readFile: (path: string) => string, problems: Problems): FileContent {
  const at = { file, line: 1, column: 1 };
  const outside = Cursor.top({ at, keyAt: at, body: { kind: 'scalar', value: null, hidden: [] } }, problems);
  const text = readFileText(file, readFile, outside);
  if (text === null) return { kind: 'unknown', text: '' };
  const tree = readYaml(text, file, problems);
  const keys = tree === null ? [] : Cursor.top(tree, problems).keys;
  // Without its first line a file is still known by what else it says: what is missing is then told by name.
  if (keys.includes('config') || (!keys.includes('checks') && keys.includes('providers'))) return { kind: 'config', text };
  if (keys.includes('rules') || keys.includes('checks')) return { kind: 'rules', text };
  if (tree !== null) outside.problem('is neither a rule file nor a config', 'begin with `rules: 1` or `config: 1`');
  return { kind: 'unknown', text };
}
