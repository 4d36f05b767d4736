import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const entry = join(import.meta.dirname, '../../src/main.ts');
const check = { name: 'errors', kind: 'ratio', direction: 'up', step: 15, bake: { bad: [0, 0], total: [9, 9] } };
const recording = {
  format: 'bakewatch.recording/1',
  id: 'one',
  service: 'shop',
  environment: 'production',
  version: 'v1',
  deployedAt: 0,
  warmup: 0,
  checks: [check],
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bakewatch-pipe-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a reader that has read enough ends the command quietly', async () => {
  const file = join(folder, 'many.jsonl');
  writeFileSync(file, `${JSON.stringify(recording)}\n`.repeat(2_000));
  const pipeline = '"$0" "$1" replay "$2" | head -n 1; echo "ended $PIPESTATUS"';
  const { stdout, stderr } = await promisify(execFile)('bash', ['-c', pipeline, process.execPath, entry, file]);
  expect(stdout).toMatch(/^\{"id":"one".*\}\nended 141\n$/);
  expect(stderr).toBe('');
});
