import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, startApp } from '../../src/app/app.ts';
import { runDoctor } from '../../src/app/doctor/run-doctor.ts';
import { readEnv } from '../../src/app/env.ts';
import { createFileSource } from '../../src/app/file-source.ts';
import { type Certificate, hasOpenssl, makeCertificate } from '../support/certificate.ts';
import { anEmptyDatabase } from '../support/database.ts';
import { createFakeLog } from '../support/fake-meter.ts';
import { freePort } from '../support/free-port.ts';
import { poll } from '../support/server.ts';

const run = promisify(execFile);
const entry = join(import.meta.dirname, '../../src/main.ts');
const timeoutMs = 120_000;

describe.runIf(hasOpenssl())('a server with a certificate', () => {
  let folder: string;
  let app: App;
  let port: number;
  let databaseUrl: string;
  let first: Certificate;
  let second: Certificate;
  const { log, lines } = createFakeLog();
  const file = (name: string) => join(folder, name);
  const world = {
    env: readEnv({ PATH: process.env.PATH }),
    readFile: (path: string) => readFileSync(path, 'utf8'),
    listFiles: (path: string) => readdirSync(path),
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bakewatch-tls-'));
    mkdirSync(file('rules'));
    [first, second] = [makeCertificate(60), makeCertificate(5)];
    writeFileSync(file('cert.pem'), first.cert);
    writeFileSync(file('key.pem'), first.key);
    [port, databaseUrl] = [await freePort(), await anEmptyDatabase()];
    const tls = '{ cert: "file:cert.pem", key: "file:key.pem" }';
    writeFileSync(file('bakewatch.yaml'), `config: 1\nserver: { listen: "127.0.0.1:${port}", tls: ${tls} }\n`);
    const source = createFileSource({ file: file('bakewatch.yaml'), ...world, env: world.env.all });
    const files = { first: source.load(), source };
    const { config } = files.first;
    app = await startApp({ config, ruleSets: new Map(), files: files, databaseUrl, log, environment: world.env.all });
  }, timeoutMs);
  afterAll(async () => {
    await app?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What a client sees that trusts one certificate only. */
  const look = async (ca: string, path = '/health/ready') =>
    await new Promise<{ status: number; hsts: unknown; shown: string; text: string }>((resolve, reject) => {
      const sent = request(`https://localhost:${port}${path}`, { ca, agent: false, family: 4 }, (answer) => {
        let text = '';
        // A cast: the socket of a request of HTTPS.
        const shown = (answer.socket as TLSSocket).getPeerX509Certificate()?.fingerprint256 ?? '';
        answer.on('data', (part) => {
          text += String(part);
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, hsts: answer.headers['strict-transport-security'], shown, text }));
      });
      sent.on('error', reject);
      sent.end();
    });
  const fingerprint = ({ cert }: Certificate) => new X509Certificate(cert).fingerprint256;
  const doctor = async () => {
    const context = { ...world, env: { ...world.env, databaseUrl }, now: () => Date.now(), signal: new AbortController().signal };
    const rows = await runDoctor({ config: file('bakewatch.yaml'), timeoutMs: 20_000 }, context);
    return rows.filter(({ part }) => part === 'server' || part === 'certificate').map(({ outcome, reason }) => `${outcome}: ${reason}`);
  };

  test('speaks HTTPS, and tells browsers to stay with it; plain HTTP gets nothing', async () => {
    expect(app.url).toBe(`https://127.0.0.1:${port}`);
    const answer = await look(first.cert);
    expect(answer).toMatchObject({ status: 200, hsts: 'max-age=15552000', shown: fingerprint(first) });
    await expect(fetch(`http://127.0.0.1:${port}/health/ready`)).rejects.toThrow();
    await expect(look(second.cert)).rejects.toThrow('self-signed');
  });

  test('is found by the doctor, and by the command line that knows its authority', async () => {
    expect(await doctor()).toEqual([
      `ok: it is ready, on 127.0.0.1:${port}`,
      expect.stringMatching(/^ok: it is valid for (59|60) days more/),
    ]);
    const env = { PATH: process.env.PATH ?? '', NODE_EXTRA_CA_CERTS: file('cert.pem') };
    const status = await run(process.execPath, [entry, '--url', `https://localhost:${port}`, 'status'], { env });
    expect(status.stdout).toBe('no deploys\n');
    const stranger = run(process.execPath, [entry, '--url', `https://localhost:${port}`, 'status'], { env: { PATH: env.PATH } });
    await expect(stranger).rejects.toMatchObject({ stderr: expect.stringContaining('self-signed certificate') });
  }, 60_000);

  test(
    'uses changed files without a restart, and keeps the old ones while they are no pair',
    async () => {
      writeFileSync(file('cert.pem'), second.cert);
      await poll('the half change is refused', async () => (await look(first.cert)).text.includes('is not the private key'));
      expect(lines.some(({ level, fields }) => level === 'error' && JSON.stringify(fields).includes('server.tls.key'))).toBe(true);
      expect((await look(first.cert)).shown).toBe(fingerprint(first));
      writeFileSync(file('key.pem'), second.key);
      await poll('the new certificate is shown', async () => (await look(second.cert).catch(() => null))?.shown === fingerprint(second));
      expect(JSON.parse((await look(second.cert)).text)).toEqual({ status: 'ok' });
      const [ready, certificate] = await doctor();
      expect(ready).toMatch(/^ok: it is ready/);
      expect(certificate).toMatch(/^warn: it expires in [45] days, on /);
      expect(JSON.stringify(lines)).not.toContain('PRIVATE KEY');
    },
    timeoutMs,
  );

  test('is not taken for the one of the config where it shows another certificate', async () => {
    const other = makeCertificate(60);
    writeFileSync(file('other-cert.pem'), other.cert);
    writeFileSync(file('other-key.pem'), other.key);
    const text = readFileSync(file('bakewatch.yaml'), 'utf8');
    writeFileSync(file('other.yaml'), text.replaceAll('file:', 'file:other-'));
    const context = { ...world, env: { ...world.env, databaseUrl }, now: () => Date.now(), signal: new AbortController().signal };
    const rows = await runDoctor({ config: file('other.yaml'), timeoutMs: 20_000 }, context);
    expect(rows.find(({ part }) => part === 'server')).toMatchObject({ outcome: 'warn', hint: expect.stringContaining('reload') });
  });
});
