import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseDatabaseUrl } from '../../src/store/endpoint.ts';
import { migrate } from '../../src/store/migrate.ts';
import { aDatabase, administer, anotherReplica } from '../support/database.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the committed migrations match schema.ts', () => {
  const copy = mkdtempSync(join(tmpdir(), 'bakewatch-migrations-'));
  try {
    cpSync(join(root, 'drizzle'), copy, { recursive: true });
    const kit = join(root, 'node_modules', 'drizzle-kit', 'bin.cjs');
    // Relative: drizzle-kit puts `./` before this path.
    const args = ['generate', '--dialect=postgresql', '--schema=src/store/schema.ts', `--out=${relative(root, copy)}`];
    const said = execFileSync(process.execPath, [kit, ...args], { cwd: root, encoding: 'utf8' });
    expect(said, 'run `npm run migrate:generate` and commit what it writes').toContain('No schema changes');
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
});

test('several replicas may start at once on an empty database', async () => {
  const { url, close } = await aDatabase();
  for (const schema of ['bakewatch', 'bakewatch_meta', 'bakewatch_queue']) await administer(url, `drop schema ${schema} cascade`);
  const replicas = await Promise.all([1, 2, 3].map(() => anotherReplica({ url })));
  for (const replica of replicas) await replica.store.ping();
  for (const replica of [...replicas, { close }]) await replica.close();
});

test('several replicas may migrate at once', async () => {
  const { url, close } = await aDatabase();
  await administer(url, 'drop schema bakewatch cascade');
  await administer(url, 'drop schema bakewatch_meta cascade');
  await Promise.all([1, 2, 3].map(() => migrate(parseDatabaseUrl(url))));
  expect(await administer(url, 'select id from bakewatch_meta.migrations')).toHaveLength(readdirSync(join(root, 'drizzle')).length - 1);
  await close();
});
