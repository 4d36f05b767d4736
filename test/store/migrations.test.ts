import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseDatabaseUrl } from '../../src/store/endpoint.ts';
import { migrate } from '../../src/store/migrate.ts';
import { aDatabase, administer, anotherReplica } from '../support/database.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

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
