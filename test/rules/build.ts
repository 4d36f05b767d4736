import { newrelic } from '../../providers/newrelic.ts';
import { lintSplit } from '../../providers/prometheus/lint-split.ts';
import { ConfigError, formatProblem } from '../../src/core/base/errors.ts';
import { parseRules } from '../../src/rules/parse-rules.ts';
import type { RulesContext } from '../../src/rules/rules-context.ts';

const head = 'rules: 1\nservice: shop\nenvironment: production\n';

/** A rule file that is right but for what is added from line 5 on. */
export function aFile(more: string): string {
  return `${head}checks: { up: { provider: prom, value: up, fail_when: { below: 1 } } }\n${more}\n`;
}

/** A rule file with one check of the provider `prom`, whose other lines begin at line 7, column 5. */
export function aCheck(body: string): string {
  return `${head}checks:\n  c:\n    provider: prom\n${indented(body)}`;
}

/** A check that begins at line 8, column 5, beside a control. */
export function aControlledCheck(body: string): string {
  return `${head}control: { canary: 'version="$version"', stable: 'version="$known_good"' }\n${aCheck(body).slice(head.length)}`;
}

function indented(body: string): string {
  return body
    .split('\n')
    .map((line) => `    ${line}\n`)
    .join('');
}

/** An operator's instances: the providers `prom` and `nr`, the hook `deployer`, the notifiers `team` and `grafana`. */
export const known: RulesContext = {
  providers: new Map([
    ['prom', { lintSelector: (text: string) => (text.includes('rate(') ? 'rate() is no counter selector' : null), lintSplit }],
    ['nr', { lintSelector: () => null, lintQuery: newrelic.lintQuery }],
  ]),
  hooks: new Set(['deployer']),
  notifiers: new Set(['team', 'grafana']),
};

/** A file system of texts, for what is read from outside. */
export function filesOf(files: Readonly<Record<string, string>>) {
  return {
    readFile: (path: string): string => {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error('not here'), { code: 'ENOENT' });
      return text;
    },
    listFiles: (folder: string): string[] => {
      const names = Object.keys(files).filter((path) => path.startsWith(`${folder}/`));
      if (names.length === 0) throw new Error('not here');
      return names.map((path) => path.slice(folder.length + 1)).filter((name) => !name.includes('/'));
    },
  };
}

/** The lines `line:column path: message (hint)` of a `ConfigError`; none where nothing is thrown. With `file: null` the file's name stays. */
export function complaints(run: () => unknown, file: string | null = 'r.yaml'): readonly string[] {
  try {
    run();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) => (file === null ? formatProblem(problem) : formatProblem(problem).replace(`${file}:`, '')));
  }
}

/** What is wrong with a rule file, in the operator's context of `known`. */
export function wrongWith(text: string, context: RulesContext | null = known): readonly string[] {
  return complaints(() => parseRules(text, 'r.yaml', context));
}
