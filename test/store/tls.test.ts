import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseDatabaseUrl } from '../../src/store/endpoint.ts';
import { findPoolMode } from '../../src/store/pool-mode.ts';
import { hasOpenssl, makeCertificate } from '../support/certificate.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';

describe.skipIf(!hasOpenssl())('TLS to the database', () => {
  let folder: string;
  let database: TestDatabase;
  const open: Server[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bakewatch-tls-'));
    for (const name of ['server', 'client', 'stranger']) {
      const { key, cert } = makeCertificate(9);
      writeFileSync(join(folder, `${name}.key`), key);
      writeFileSync(join(folder, `${name}.pem`), cert);
    }
    writeFileSync(join(folder, 'garbage.pem'), 'not a certificate');
    database = await aDatabase();
  });
  afterAll(async () => {
    for (const server of open) server.close();
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A TLS server in front of the PostgreSQL of the tests, which listens on a Unix socket only. Returns the database URL through it. */
  async function inFront({ host = '127.0.0.1', asksClients = false } = {}): Promise<string> {
    const { host: socketDir, database: name, user } = parseDatabaseUrl(database.url);
    const [key, cert, ca] = ['server.key', 'server.pem', 'client.pem'].map((file) => readOf(file));
    const identity = { ...(key && { key }), ...(cert && { cert }), ...(ca && { ca }) };
    const behindTls = createTlsServer({ ...identity, requestCert: asksClients, rejectUnauthorized: asksClients }, (secure) => {
      const behind = connect(`${socketDir}/.s.PGSQL.5432`);
      for (const each of [secure, behind]) each.on('error', () => [secure, behind].map((one) => one.destroy()));
      secure.pipe(behind).pipe(secure);
    });
    behindTls.on('tlsClientError', (_, secure) => secure.destroy());
    // PostgreSQL answers the request for TLS with one letter, and the handshake follows.
    const server = createServer((raw) => {
      raw.on('error', () => raw.destroy());
      raw.once('data', () => {
        raw.write('S');
        behindTls.emit('connection', raw);
      });
    });
    open.push(server);
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    // A server that listens on TCP has an AddressInfo, never a pipe's name.
    return `postgres://${user}@${host}:${(server.address() as AddressInfo).port}/${name}`;
  }

  const readOf = (file: string) => readFileSync(join(folder, file), 'utf8');
  const at = (name: string) => encodeURIComponent(join(folder, name));
  const tried = (url: string) => findPoolMode(parseDatabaseUrl(url));

  test('a server whose CA is trusted is connected to', async () => {
    const url = await inFront();
    for (const mode of ['require', 'verify-ca', 'verify-full']) {
      expect(await tried(`${url}?sslmode=${mode}&sslrootcert=${at('server.pem')}`)).toBe('direct');
    }
  });

  test('a wrong CA is named as the cause', async () => {
    const url = await inFront();
    for (const params of ['sslmode=verify-full', `sslmode=verify-ca&sslrootcert=${at('stranger.pem')}`]) {
      await expect(tried(`${url}?${params}`)).rejects.toMatchObject({
        code: 'unavailable',
        message: 'the database cannot be reached (connect): its certificate is not from the CA that is trusted (sslrootcert)',
      });
    }
  });

  test.skipIf(process.platform !== 'linux')('a wrong name is refused by `verify-full`, and accepted by `verify-ca`', async () => {
    const url = await inFront({ host: '127.0.0.2' });
    const params = (mode: string) => `?sslmode=${mode}&sslrootcert=${at('server.pem')}`;
    expect(await tried(`${url}${params('verify-ca')}`)).toBe('direct');
    await expect(tried(`${url}${params('verify-full')}`)).rejects.toThrow('its certificate is for another host name');
  });

  test('a server that asks for a certificate gets it', async () => {
    const url = `${await inFront({ asksClients: true })}?sslmode=verify-full&sslrootcert=${at('server.pem')}`;
    expect(await tried(`${url}&sslcert=${at('client.pem')}&sslkey=${at('client.key')}`)).toBe('direct');
    // The server closes the connection after its reason, so that the reason may be lost.
    for (const others of ['', `&sslcert=${at('stranger.pem')}&sslkey=${at('stranger.key')}`]) {
      await expect(tried(`${url}${others}`)).rejects.toMatchObject({ code: 'unavailable' });
    }
  });

  test.each([
    ['sslmode=prefer', 'sslmode "prefer" is not supported; use disable, require, verify-ca or verify-full'],
    ['sslmode=verify-full&sslrootcert=FOLDER/none.pem', 'sslrootcert "FOLDER/none.pem" cannot be read'],
    ['sslmode=verify-full&sslrootcert=FOLDER/garbage.pem', 'sslrootcert "FOLDER/garbage.pem" is not a certificate in PEM format'],
    ['sslmode=require&sslcert=FOLDER/client.pem', 'sslcert and sslkey belong together; give both'],
    [
      'sslmode=require&sslcert=FOLDER/client.pem&sslkey=FOLDER/server.key',
      'sslkey "FOLDER/server.key" is not the key of sslcert "FOLDER/client.pem", or has a passphrase',
    ],
    ['pool_mode=statement', 'pool_mode "statement" is not supported; use transaction, session or direct'],
  ])('%s is refused', (params, problem) => {
    const named = (text: string) => text.replaceAll('FOLDER', folder);
    expect(() => parseDatabaseUrl(`postgres://me:hunter2@h/db?${named(params)}`)).toThrow(
      expect.objectContaining({ code: 'invalid', message: `the database URL's ${named(problem)}` }),
    );
  });
});
