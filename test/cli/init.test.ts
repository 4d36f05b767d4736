import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ProgramDeps, runProgram } from '../../src/cli/program.ts';
import { parseRules } from '../../src/rules/parse-rules.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bakewatch-init-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function init(...argv: readonly string[]) {
  const printed = { out: '', err: '' };
  const into = (name: 'out' | 'err') =>
    new Writable({
      write(chunk, _encoding, done) {
        printed[name] += String(chunk);
        done();
      },
    });
  const io = { out: into('out'), err: into('err'), isTerminal: false, now: () => 0, sleep: async () => {} };
  const deps: Partial<ProgramDeps> = { io, version: '0', serverUrl: 'http://127.0.0.1:1' };
  // A cast: without --from nothing else is used.
  const code = await runProgram(['init', ...argv, '--folder', folder], deps as ProgramDeps);
  return { code, ...printed };
}
const textOf = (...path: readonly string[]) => readFileSync(join(folder, ...path), 'utf8');

test('init NAME writes files for a service of that name, which never say shop', async () => {
  expect(await init('cart')).toMatchObject({ code: 0, err: '' });
  const [config, rules] = [textOf('bakewatch.yaml'), textOf('rules', 'cart.yaml')];
  expect(config + rules).not.toContain('shop');
  expect(config).toContain('  cart:\n    type: command\n    rollback: [/usr/local/bin/rollback-cart, "{version}"]');
  expect(parseRules(rules, 'cart.yaml', {})).toMatchObject({ service: 'cart' });
});

test.for(['7', 'true', 'a:b', 'team@shop', 'a.b-c_d'])('a service named %s is written so that it is read as that name', async (name) => {
  expect(await init(name)).toMatchObject({ code: 0 });
  const file = `${name.replaceAll(/[:@]/g, '-')}.yaml`;
  expect(parseRules(textOf('rules', file), file, {})).toMatchObject({ service: name });
  expect(textOf('rules', file)).toContain(`http_requests_total{job="${name}"}`);
});

test('a second service gets rules, and the config stays as it is', async () => {
  await init('shop');
  const before = textOf('bakewatch.yaml');
  const { code, out } = await init('cart');
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining(`kept ${join(folder, 'bakewatch.yaml')}, which exists`) });
  expect(out).toContain('next: add a hook "cart"');
  expect([textOf('bakewatch.yaml'), existsSync(join(folder, 'rules', 'cart.yaml'))]).toEqual([before, true]);
});

test('rules that exist are never overwritten', async () => {
  await init();
  expect(await init('shop')).toMatchObject({ code: 1, err: expect.stringContaining('shop.yaml already exists; nothing was overwritten') });
});

test.for(['./shop', '/etc/bakewatch', 'team/shop'])('%s is no name: the folder is an option', async (name) => {
  const { code, err } = await init(name);
  expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(/cannot be the name of a service: it .*; the folder is --folder/) });
  expect(existsSync(join(folder, 'bakewatch.yaml'))).toBe(false);
});

test('--json names what was written and what was kept', async () => {
  await init('shop');
  const { out, err } = await init('cart', '--json');
  expect(JSON.parse(out)).toEqual({ written: [join(folder, 'rules', 'cart.yaml')], kept: [join(folder, 'bakewatch.yaml')] });
  expect(err).toContain('next: ');
});
