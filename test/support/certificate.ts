import { execFileSync, spawnSync } from 'node:child_process';
import { sign, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A key and a certificate for `localhost` and `shop.example`, signed by itself, as PEM texts. */
export type Certificate = { readonly key: string; readonly cert: string };

/** Whether certificates can be made here. With `CI=true` a missing program is a failure. */
export function hasOpenssl(): boolean {
  if (spawnSync('openssl', ['version']).status === 0) return true;
  if (process.env.CI === 'true') throw new Error('openssl is missing');
  return false;
}

/** Makes a certificate that is good for so many days; fewer than none is one that has ended. */
export function makeCertificate(days: number): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'bakewatch-certificate-'));
  const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
  const run = (...args: readonly string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  try {
    const names = 'subjectAltName=DNS:localhost,DNS:shop.example,IP:127.0.0.1';
    run('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '9', '-subj', '/CN=a', '-addext', names);
    const pem = readFileSync(key, 'utf8');
    return { key: pem, cert: withDays(new X509Certificate(readFileSync(cert)).raw, { days, key: pem }) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same certificate, good from ten days ago until so many days from now, signed again: openssl makes none that has ended. */
function withDays(der: Buffer, { days, key }: { readonly days: number; readonly key: string }): string {
  const changed = Buffer.from(der);
  const times = [-10, days].map((each) => `${new Date(Date.now() + each * 86_400_000).toISOString().replace(/^20|[-:T]|\.\d+/g, '')}`);
  const at = changed.indexOf(Buffer.from([0x17, 0x0d]));
  for (const [i, time] of times.entries()) changed.write(time, at + 2 + i * 15, 'latin1');
  const signed = changed.subarray(4, 8 + changed.readUInt16BE(6));
  const signature = sign('sha256', signed, key);
  signature.copy(changed, changed.length - signature.length);
  return `-----BEGIN CERTIFICATE-----\n${changed.toString('base64').replace(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----\n`;
}
