import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { plugins } from '../../src/app/plugins.ts';
import { parseDuration } from '../../src/core/base/duration.ts';
import { probeDurationMs } from '../../src/core/rules/probe.ts';
import type { RuleSet } from '../../src/core/rules/rule-set.ts';
import { loadRuleFiles } from '../../src/rules/load-rule-files.ts';
import { filesBelow, read, root } from './tree.ts';

const Step = z.object({
  name: z.string().optional(),
  run: z.string().optional(),
  uses: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
  'timeout-minutes': z.number(),
});
const Action = z.object({ inputs: z.record(z.string(), z.unknown()) });
const Workflow = z.object({ jobs: z.record(z.string(), z.object({ 'timeout-minutes': z.number(), steps: z.array(Step) })) });

/** What each example calls its parts. */
const examples = [
  { folder: 'django-vm', main: 'shop.yaml', unit: 'gunicorn', service: 'gunicorn.service' },
  { folder: 'fastapi-vm', main: 'api.yaml', unit: 'api', service: 'api.service' },
] as const;

const hasPython = spawnSync('python3', ['--version']).status === 0;

describe.for(examples)('the example $folder', ({ folder, main, unit, service }) => {
  const files = filesBelow(`examples/${folder}`);
  const steps = Object.values(Workflow.parse(parse(read(`examples/${folder}/deploy.yml`))).jobs).flatMap((job) => job.steps);
  const scripts = steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
  const ruleSetOf = (name: string): RuleSet => {
    const place = [join(root, 'examples', folder, 'rules', name)];
    const loaded = loadRuleFiles({ files: place, config: null, env: {}, readFile: (path) => readFileSync(path, 'utf8'), plugins });
    const [first] = loaded.ruleSets;
    if (first === undefined) throw new Error(`${name} has no rules`);
    return first;
  };
  const mainRules = (): RuleSet => {
    const text = read(`examples/${folder}/bakewatch.yaml`);
    const env = Object.fromEntries([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [name, `http://127.0.0.1/${name}-made-up`]));
    const paths = { files: [join(root, 'examples', folder, 'rules', main)], config: join(root, 'examples', folder, 'bakewatch.yaml') };
    const [first] = loadRuleFiles({ ...paths, env, readFile: (path) => readFileSync(path, 'utf8'), plugins }).ruleSets;
    if (first === undefined) throw new Error(`${main} has no rules`);
    return first;
  };

  test('every step of its workflow is a script that a shell can read', () => {
    expect(scripts.length).toBeGreaterThan(5);
    for (const script of scripts) expect(spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' }).stderr).toBe('');
  });

  test('registers and waits with the action, by inputs that it has', () => {
    const uses = steps.filter((step) => step.uses === './bakewatch/integrations/github');
    expect(uses.map((step) => Object.keys(step.with ?? {}).find((key) => key === 'phase' || key === 'finished'))).toEqual([
      'phase',
      'finished',
    ]);
    const { inputs } = Action.parse(parse(read('integrations/github/action.yml')));
    for (const step of uses) expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(step.with ?? {})));
    const text = read(`examples/${folder}/bakewatch.yaml`);
    expect(text).toContain(`services: [${main.replace('.yaml', '')}]`);
  });

  test('every command of a release has a limit on the machine, where the end of a step does not reach it', () => {
    const commands = scripts.flatMap((script) => [...script.matchAll(/(\S+ \S+ )?(?:venv\/bin\/|python3 -m |release-switch )/g)]);
    expect(commands.length).toBeGreaterThanOrEqual(5);
    expect(commands.filter(([, before = '']) => !/timeout \d+ $/.test(before)).map(([text]) => text)).toEqual([]);
  });

  test('imports the application before it is switched', () => {
    const at = (text: string) => scripts.findIndex((script) => script.includes(text));
    const imported = at('timeout 20 venv/bin/python -c "from ');
    expect(imported).toBeGreaterThan(0);
    expect(imported).toBeLessThan(at('release-switch'));
  });

  test('has scripts that a shell can read, and Python that compiles', () => {
    const programs = files.filter((path) => read(path).startsWith('#!/bin/sh'));
    expect(programs.length).toBeGreaterThanOrEqual(2);
    for (const path of programs) expect(spawnSync('bash', ['-n', join(root, path)], { encoding: 'utf8' }).stderr).toBe('');
    const sources = files.filter((path) => path.endsWith('.py'));
    expect(sources.length).toBeGreaterThan(0);
    if (!hasPython) return;
    const compile = 'import sys\nfor path in sys.argv[1:]: compile(open(path).read(), path, "exec")';
    const python = spawnSync('python3', ['-c', compile, ...sources.map((path) => join(root, path))], { encoding: 'utf8' });
    expect(python.stderr).toBe('');
  });

  test('its gates use files that are there, and need no config', () => {
    const gates = scripts.flatMap((script) => [...script.matchAll(/gate "\$RULES\/([\w.]+)"/g)].map(([, name = '']) => name));
    expect(gates).toEqual(['site.yaml', 'started.yaml']);
    for (const name of gates) expect(JSON.stringify(ruleSetOf(name))).not.toContain('$version');
  });

  test('its own numbers leave time for two restarts within thirty seconds', () => {
    const { bake, checks } = mainRules();
    expect(bake).toMatchObject({ everyMs: 5_000, warmupMs: 0 });
    const [, wait = ''] = /started\.yaml" --wait (\w+)/.exec(scripts.join('\n')) ?? [];
    const gateMs = parseDuration(wait) ?? Number.NaN;
    const users = checks.filter(({ question }) => 'probe' in question && question.probe.target.kind === 'http');
    expect(users.length).toBeGreaterThanOrEqual(2);
    for (const { question, failWhen, critical } of users) {
      if (!('probe' in question)) throw new Error('not a probe');
      const { k } = failWhen[0]?.damping ?? { k: Number.NaN };
      const longestMs = probeDurationMs(question.probe);
      // The first tick may begin a whole step late. A pass that takes longer than a step delays the next one.
      const foundMs = gateMs + 2 * bake.everyMs + (k - 1) * Math.max(bake.everyMs, longestMs) + longestMs;
      expect({ critical, foundMs: Math.min(foundMs, 23_000) }).toEqual({ critical: true, foundMs });
    }
  });

  test('a unit that fails often does not refuse the restart of a rollback', () => {
    const text = read(`examples/${folder}/vm/${service}`);
    expect(text).toMatch(/^StartLimitIntervalSec=0$/m);
    expect(text).toMatch(/^ExecStart=.* --preload .*--graceful-timeout 2 /m);
    expect(text).toContain(`/usr/bin/systemctl restart ${unit}`);
    expect(read(`examples/${folder}/vm/release-switch`)).toContain(`sudo -n systemctl restart ${unit}`);
  });

  test('its key may ask whether the unit runs, and nothing of that kind else', () => {
    const forced = (asked: string) =>
      spawnSync('/bin/sh', [join(root, 'examples', folder, 'vm/bakewatch-forced')], {
        encoding: 'utf8',
        env: { PATH: '/nowhere', SSH_ORIGINAL_COMMAND: asked },
      });
    expect(read(`examples/${folder}/rules/${main}`)).toContain(`command: [systemctl, is-active, --quiet, ${unit}]`);
    expect(forced(`systemctl is-active --quiet ${unit}`).stderr).toMatch(/systemctl: not found/);
    expect(forced('release-switch v1').stderr).toMatch(/release-switch: not found/);
    for (const asked of [`systemctl stop ${unit}`, 'release-switch v1 v2', 'sh', '']) expect(forced(asked)).toMatchObject({ status: 77 });
  });

  test('every file of it is named in its README', () => {
    const page = read(`examples/${folder}/README.md`);
    const inTables = files.map((path) => path.replace(`examples/${folder}/`, '')).filter((path) => path !== 'README.md');
    // `rules` is one row: its files are named where the steps use them.
    expect(inTables.filter((path) => !page.includes(`(${path})`))).toEqual([]);
  });
});
