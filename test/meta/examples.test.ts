import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { plugins } from '../../src/app/plugins.ts';
import { exitCodeOf } from '../../src/cli/exit-codes.ts';
import { loadConfig } from '../../src/rules/load-config.ts';
import { filesBelow, read, root } from './tree.ts';

const configs = filesBelow('examples').filter((path) => basename(path) === 'bakewatch.yaml');

/** Every variable that a config takes from the environment, set to something of its kind: a port, an address, or a secret of its own. */
function madeUpEnv(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...text.matchAll(/(?<!\$)\$\{(\w+)\}/g)].map(([, name = '']) => [name, madeUp(name)]));
}

function madeUp(name: string): string {
  if (name.endsWith('PORT')) return '12345';
  return name.endsWith('URL') ? 'http://127.0.0.1:12345/made-up' : `made-up-for-${name}`;
}

describe('examples', () => {
  test.for(configs)('%s and its rules are valid', (path) => {
    const { ruleSets } = loadConfig({
      file: join(root, path),
      env: madeUpEnv(read(path)),
      readFile: (file) => readFileSync(file, 'utf8'),
      listFiles: (folder) => readdirSync(folder),
      plugins,
    });
    expect(ruleSets.size).toBeGreaterThan(0);
  });

  test('every rule file belongs to a config', () => {
    const lone = filesBelow('examples').filter(
      (path) =>
        /^rules: 1$/m.test(path.endsWith('.yaml') ? read(path) : '') && !configs.includes(join(dirname(dirname(path)), 'bakewatch.yaml')),
    );
    expect(lone).toEqual([]);
  });
});

const Step = z.looseObject({ name: z.string().optional(), run: z.string().optional() });
const Workflow = z.looseObject({ jobs: z.record(z.string(), z.looseObject({ 'timeout-minutes': z.number(), steps: z.array(Step) })) });

describe('the workflow for GitHub Actions', () => {
  const { jobs } = Workflow.parse(parse(read('examples/github-actions/deploy.yml')));
  const scripts = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => (run === undefined ? [] : [run])));

  test('every step is a script that a shell can read', () => {
    expect(scripts.length).toBeGreaterThan(2);
    for (const script of scripts) expect(spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' }).stderr).toBe('');
  });

  test('ends as `bakewatch wait` does, but for a deploy that a newer one has superseded', () => {
    const wait = scripts.at(-1) ?? '';
    const codes = new Map(
      [...wait.matchAll(/^ *([a-z_| ]+)\) exit (\d) ;;$/gm)].flatMap(([, names = '', code]) =>
        names.split('|').map((name) => [name.trim(), Number(code)] as const),
      ),
    );
    const states = ['passed', 'rolled_back', 'failed', 'inconclusive', 'canceled'];
    expect(Object.fromEntries(codes)).toEqual({ ...Object.fromEntries(states.map((state) => [state, exitCodeOf(state)])), superseded: 0 });
  });
});
