import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the committed migrations match schema.ts', () => {
  const copy = mkdtempSync(join(tmpdir(), 'bakewatch-migrations-'));
  try {
    cpSync(join(root, 'drizzle'), copy, { recursive: true });
    const kit = join(root, 'node_modules', 'drizzle-kit', 'bin.cjs');
    // Relative: drizzle-kit puts `./` before this path.
    const args = ['generate', '--dialect=postgresql', '--schema=src/store/*schema.ts', `--out=${relative(root, copy)}`];
    const said = execFileSync(process.execPath, [kit, ...args], { cwd: root, encoding: 'utf8' });
    expect(said, 'run `npm run migrate:generate` and commit what it writes').toContain('No schema changes');
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
});
