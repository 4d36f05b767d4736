import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import { parseDatabaseUrl } from '../../src/store/endpoint.ts';
import { openStore } from '../../src/store/open-store.ts';
import { findPoolMode } from '../../src/store/pool-mode.ts';
import { administer, copyCluster, scratch, silentLog, systemClock } from '../support/database.ts';
import { hasPgBouncer, type PgBouncer, startPgBouncer } from '../support/pgbouncer.ts';
import { aNotice, commitOf, register } from './fixtures.ts';

const path = process.env.PATH ?? '';
let directory: string;
let server: EmbeddedPostgres;

describe.skipIf(!hasPgBouncer())('PgBouncer', () => {
  beforeAll(async () => {
    directory = mkdtempSync(join(scratch, 'bakewatch-pooled-'));
    await copyCluster(directory);
    server = await startEmbeddedPostgres({ dataDir: directory, log: silentLog, path, settings: { fsync: 'off' } });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const behind = async (settings: Readonly<Record<string, string>>, work: (pooler: PgBouncer) => Promise<void>) => {
    const pooler = await startPgBouncer(server.endpoint.host, settings);
    try {
      await work(pooler);
    } finally {
      await pooler.stop();
    }
  };
  const open = (url: string) => openStore({ databaseUrl: url, dataDir: '', log: silentLog, clock: systemClock });

  test('a direct connection needs no setting', async () => {
    expect(await findPoolMode(parseDatabaseUrl(server.url))).toBe('direct');
  });

  test.each([
    { mode: 'session', settings: {} },
    { mode: 'transaction', settings: { pool_mode: 'transaction' } },
    { mode: 'transaction', settings: { pool_mode: 'transaction', server_round_robin: '1' } },
    { mode: 'transaction', settings: { pool_mode: 'transaction', default_pool_size: '1' } },
  ])('$mode mode is found out: $settings', ({ mode, settings }) =>
    behind(settings, async ({ url }) => {
      expect(await findPoolMode(parseDatabaseUrl(url))).toBe(mode);
    }),
  );

  test('the database URL wins', () =>
    behind({}, async ({ url }) => {
      expect(await findPoolMode(parseDatabaseUrl(`${url}?pool_mode=transaction`))).toBe('transaction');
    }));

  test.each([{ pool_mode: 'session' }, { pool_mode: 'transaction', default_pool_size: '4' }])('a server works with %o', (settings) =>
    behind(settings, async ({ url }) => {
      // In session mode two servers with their default pools need more than the 20 sessions of the default, so there is one.
      const replicas = await Promise.all((settings.pool_mode === 'session' ? [url] : [url, url]).map(open));
      const [first] = replicas;
      if (first === undefined) throw new Error('no replica');
      const performed: string[] = [];
      await first.queue.start({
        perform: async (effect) => void performed.push(effect.id),
        gaveUp: async () => {},
      });
      const records = await Promise.all(Array.from({ length: 20 }, () => register(first.store)));
      const notices = records.map(({ deploy }) => aNotice(deploy.id));
      // More at a time than there are sessions, so that transactions and statements change between them.
      await Promise.all(
        records.flatMap(({ deploy, bake }, i) =>
          replicas.map(async ({ store }) => {
            const effects = notices.slice(i, i + 1);
            await store.update(deploy.id, 1, () => ({ ok: true, ...commitOf(bake, { effects }) }));
            await store.claimDue({ now: 1, leaseMs: 1, limit: 1, worker: 'w' });
            await store.ping();
          }),
        ),
      );
      const versions = await Promise.all(records.map(async ({ deploy }) => (await first.store.find(deploy.id))?.version));
      expect(new Set(versions)).toEqual(new Set([2]));
      await expect.poll(() => performed.toSorted(), { timeout: 60_000 }).toEqual(notices.map(({ id }) => id).toSorted());
      await first.queue.stop(1_000);
      for (const replica of replicas) await replica.close();
    }),
  );

  test('several servers may start at once on an empty database', () =>
    behind({ pool_mode: 'transaction' }, async ({ url }) => {
      for (const schema of ['bakewatch', 'bakewatch_meta', 'bakewatch_queue'])
        await administer(server.url, `drop schema if exists ${schema} cascade`);
      const replicas = await Promise.all(Array.from({ length: 6 }, () => open(url)));
      for (const replica of replicas) await replica.store.ping();
      for (const replica of replicas) await replica.close();
    }));

  test('what cannot work is refused at the start, in a sentence', async () => {
    await behind({ pool_mode: 'statement' }, async ({ url }) => {
      await expect(open(url)).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('pool_mode = statement') });
    });
    await behind({ default_pool_size: '2' }, async ({ url }) => {
      await expect(open(url)).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('default_pool_size') });
    });
  });
});
