import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { hasOpenssl, makeCertificate } from '../support/certificate.ts';
import { configOf, wrongWithConfig } from './config-build.ts';

const text = 'server: { tls: { cert: "file:cert.pem", key: "file:key.pem" } }';
const keyOf = (passphrase?: string) => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const locked = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  return privateKey.export({ type: 'pkcs8', format: 'pem', ...locked }).toString();
};

describe.runIf(hasOpenssl())('server.tls', () => {
  const { cert, key } = makeCertificate(60);
  const files = (more: Readonly<Record<string, string>>) => ({ files: { 'etc/cert.pem': cert, 'etc/key.pem': key, ...more } });

  test('takes a certificate and its key from files', () => {
    const { tls } = configOf(text, files({})).server;
    expect(tls?.cert).toBe(cert.trim());
    expect(tls?.key.reveal()).toBe(key.trim());
    expect(configOf('').server.tls).toBeNull();
  });

  test.for([
    {
      name: 'the key of another certificate',
      more: { 'etc/key.pem': keyOf() },
      says: ['2:46 server.tls.key: is not the private key of the certificate in `cert`'],
    },
    { name: 'a key with a passphrase', more: { 'etc/key.pem': keyOf('secret') }, says: ['2:46 server.tls.key: has a passphrase'] },
    {
      name: 'a certificate in the place of the key',
      more: { 'etc/key.pem': cert },
      says: ['2:46 server.tls.key: holds no private key in PEM (look whether the two files are mixed up)'],
    },
    {
      name: 'a key in the place of the certificate',
      more: { 'etc/cert.pem': key },
      says: ['2:24 server.tls.cert: holds no certificate in PEM (look whether the two files are mixed up)'],
    },
    {
      name: 'an empty file',
      more: { 'etc/cert.pem': '' },
      says: ['2:24 server.tls.cert: holds no certificate in PEM (name the file as `file:PATH`)'],
    },
  ])('$name is a problem with its place', ({ more, says }) => {
    const found = wrongWithConfig(text, files(more));
    expect(found).toHaveLength(says.length);
    for (const [i, start] of says.entries()) expect(found[i]).toMatch(new RegExp(`^${start.replaceAll(/[()`.]/g, '\\$&')}`));
    expect(found.join()).not.toContain('PRIVATE KEY');
  });

  test('a path without `file:`, a missing file and a missing half are problems', () => {
    expect(wrongWithConfig('server: { tls: { cert: /etc/tls.crt, key: "file:key.pem" } }', files({}))).toEqual([
      '2:24 server.tls.cert: holds no certificate in PEM (name the file as `file:PATH`)',
    ]);
    expect(wrongWithConfig('server: { tls: { cert: "file:gone.pem", key: "file:key.pem" } }', files({}))[0]).toMatch(
      /^2:24 server\.tls\.cert: .*gone\.pem/,
    );
    expect(wrongWithConfig('server: { tls: { cert: "file:cert.pem" } }', files({}))[0]).toMatch(/server\.tls\.key: is required/);
  });
});
