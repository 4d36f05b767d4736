import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseDatabaseUrl } from '../../src/store/endpoint.ts';
import { migrate } from '../../src/store/migrate.ts';
import { administer, anEmptyDatabase, anotherReplica } from '../support/database.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('several replicas may start at once on an empty database', async () => {
  const url = await anEmptyDatabase();
  const replicas = await Promise.all([1, 2, 3].map(() => anotherReplica({ url })));
  for (const replica of replicas) await replica.store.ping();
  for (const replica of replicas) await replica.close();
});

test('several replicas may migrate at once', async () => {
  const url = await anEmptyDatabase();
  await Promise.all([1, 2, 3].map(() => migrate(parseDatabaseUrl(url))));
  expect(await administer(url, 'select id from bakewatch_meta.migrations')).toHaveLength(readdirSync(join(root, 'drizzle')).length - 1);
});
