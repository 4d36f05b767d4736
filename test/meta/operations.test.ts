import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { read, root } from './tree.ts';

const Alerts = z.object({
  groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() })) })),
});
const alerts = Alerts.parse(parse(read('examples/alerts/bakewatch.rules.yml'))).groups.flatMap(({ rules }) => rules);
const promtool = (...args: readonly string[]) => spawnSync('promtool', args, { cwd: join(root, 'examples/alerts'), encoding: 'utf8' });
const hasPromtool = promtool('--version').status === 0;

describe('the alert rules', () => {
  test('ask for metrics that the server has', () => {
    const named = alerts.flatMap(({ expr }) => expr.match(/bakewatch_\w+/g) ?? []);
    const known = read('src/telemetry/metrics.ts');
    expect(named.filter((name) => !known.includes(`'${name.replace(/_bucket$/, '')}'`))).toEqual([]);
  });

  test.skipIf(!hasPromtool)('are read by Prometheus, and fire when they should', () => {
    for (const args of [
      ['check', 'rules', 'bakewatch.rules.yml'],
      ['test', 'rules', 'bakewatch.rules.test.yml'],
    ]) {
      const { status, stdout, stderr } = promtool(...args);
      expect(status, `${stdout}${stderr}`).toBe(0);
    }
  });

  test.skipIf(!hasPromtool)('are each tried out', () => {
    const tried = read('examples/alerts/bakewatch.rules.test.yml');
    expect(alerts.map(({ alert }) => alert).filter((name) => tried.split(`alertname: ${name}`).length < 3)).toEqual([]);
  });
});
