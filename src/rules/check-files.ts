import { formatProblem, type Problem } from '../core/base/errors.ts';
import { Cursor } from './cursor.ts';
import { type ConfigSite, readConfigAndRules } from './load-config.ts';
import { readRules } from './parse-rules.ts';
import { Problems } from './problems.ts';
import { readFileText } from './read-file-text.ts';
import { readYaml } from './read-yaml.ts';
import type { RulesContext } from './rules-context.ts';

/** The result of a check of files: every problem, and its line for the terminal. */
export type FilesReport = {
  readonly files: readonly { readonly file: string; readonly kind: 'rules' | 'config' | 'unknown' }[];
  readonly problems: readonly Problem[];
  readonly lines: readonly string[];
  /** Warnings of what is not safe, and remarks about what is correct, in lines for the terminal. */
  readonly notes: readonly string[];
};

/**
 * Checks rule files and configs. The key `rules: 1` or `config: 1` tells which is which. A config adds the rule files that it names.
 * With exactly one config, the rule files are checked against its instances. Otherwise the names of instances are not checked.
 */
export function checkFiles<P, H, T, N>(files: readonly string[], world: Omit<ConfigSite<P, H, T, N>, 'file'>): FilesReport {
  const problems = new Problems();
  const sorted = files.map((file) => ({ file, ...readKind(file, world.readFile, problems) }));
  const configs = sorted.filter(({ kind }) => kind === 'config');
  const loaded = configs.map(({ file }) => readConfigAndRules({ ...world, file }, problems));
  const known: RulesContext = (loaded.length === 1 ? loaded[0]?.context : null) ?? { readFile: world.readFile };
  for (const { file, kind, text } of sorted) if (kind === 'rules') readRules({ text, file, context: known }, problems);
  const found = problems.list();
  const added = loaded.flatMap((one) => one?.ruleFiles ?? []).filter((file) => !files.includes(file));
  const all = [...sorted.map(({ file, kind }) => ({ file, kind })), ...added.map((file) => ({ file, kind: 'rules' as const }))];
  return {
    files: all,
    problems: found,
    lines: found.map(formatProblem),
    notes: [...problems.warnings().map(formatWarning), ...problems.notes().map(formatNote)],
  };
}

/** The line of a warning, for the terminal and the log. */
function formatWarning(warning: Problem): string {
  return formatProblem({ ...warning, message: `warning: ${warning.message}` });
}

function formatNote(note: Problem): string {
  return formatProblem({ ...note, message: `note: ${note.message}` });
}

type FileContent = { readonly kind: FilesReport['files'][number]['kind']; readonly text: string };

function readKind(file: string, readFile: (path: string) => string, problems: Problems): FileContent {
  const cursor = Cursor.ofFile(file, problems);
  const text = readFileText(file, readFile, cursor);
  if (text === null) return { kind: 'unknown', text: '' };
  const tree = readYaml(text, file, problems);
  const keys = tree === null ? [] : Cursor.top(tree, problems).keys;
  // A file without its first line is recognized by its other keys, so that the error can name the missing line.
  if (keys.includes('config') || (!keys.includes('checks') && keys.includes('providers'))) return { kind: 'config', text };
  if (keys.includes('rules') || keys.includes('checks')) return { kind: 'rules', text };
  if (tree !== null) cursor.problem('this is neither a rule file nor a config', 'begin with `rules: 1` or `config: 1`');
  return { kind: 'unknown', text };
}
