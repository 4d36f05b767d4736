import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runDemo } from '../../src/cli/demo/run-demo.ts';
import { hasPrometheus } from '../support/prometheus.ts';

const { env } = process;
const program = join(import.meta.dirname, '../../src/main.ts');
async function play(signal: AbortSignal) {
  const lines: string[] = [];
  const code = await runDemo({ keep: false, program, print: (line) => lines.push(line), signal, env });
  const text = lines.join('\n');
  return { code, text, folder: /working in (\S+)/.exec(text)?.[1] ?? '' };
}

test.skipIf(!hasPrometheus())('the demo rolls a bad release back and leaves only its recording', { timeout: 180_000 }, async () => {
  const { code, text, folder } = await play(new AbortController().signal);
  expect(text).toMatch(/v2 was rolled back\. Why:\n {2}Errors: /);
  expect(text).toMatch(/team +receives: shop v2 .*recovered/);
  expect(code).toBe(0);
  expect(existsSync(folder)).toBe(false);
  const recording = `${folder}.jsonl`;
  expect(JSON.parse(readFileSync(recording, 'utf8'))).toMatchObject({ service: 'shop', version: 'v2' });
  rmSync(recording);
});

test.skipIf(!hasPrometheus())('an interrupted demo leaves nothing behind', async () => {
  const { code, folder } = await play(AbortSignal.timeout(3_000));
  expect(code).toBe(130);
  expect(folder).not.toBe('');
  expect(existsSync(folder)).toBe(false);
  expect(existsSync(`${folder}.jsonl`)).toBe(false);
});

test('without Prometheus the demo says how to get it', async () => {
  const lines: string[] = [];
  const code = await runDemo({
    keep: false,
    program,
    print: (line) => lines.push(line),
    signal: new AbortController().signal,
    env: { PATH: '/nowhere' },
  });
  expect(code).toBe(1);
  expect(lines.join('\n')).toContain('apt-get install --no-install-recommends prometheus');
});
