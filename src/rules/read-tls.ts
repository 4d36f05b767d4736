import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { Secret } from '../core/base/secret.ts';
import type { ServerTls } from './config.ts';
import { TlsSection } from './config-file.ts';
import type { Cursor } from './cursor.ts';

/** Reads `server.tls`. Reports what is no certificate, no private key, or no pair. Returns `null` where the section is missing. */
export function readTls(cursor: Cursor): ServerTls | null {
  const { shape } = TlsSection;
  if (!cursor.isPresent || !cursor.isMapOf(Object.keys(shape))) return null;
  const [cert, key] = [cursor.at('cert').take(shape.cert), cursor.at('key').take(shape.key)];
  if (cert === undefined || key === undefined) return null;
  const certificate = readCertificate(cursor.at('cert'), cert);
  const privateKey = readKey(cursor.at('key'), key);
  if (certificate === null || privateKey === null) return null;
  if (!certificate.checkPrivateKey(privateKey)) {
    cursor
      .at('key')
      .problem('is not the private key of the certificate in `cert`', 'replace both files; the certificate of the server comes first');
    return null;
  }
  return { cert, key: new Secret(key) };
}

function readCertificate(cursor: Cursor, text: string): X509Certificate | null {
  try {
    return new X509Certificate(text);
  } catch {
    cursor.problem('holds no certificate in PEM', hintFor(text));
    return null;
  }
}

function readKey(cursor: Cursor, text: string): KeyObject | null {
  try {
    return createPrivateKey(text);
  } catch {
    const isLocked = /^-----BEGIN ENCRYPTED|^Proc-Type: .*ENCRYPTED/m.test(text);
    if (isLocked) cursor.problem('has a passphrase', 'write it without one: `openssl pkey -in KEY -out NEW`');
    else cursor.problem('holds no private key in PEM', hintFor(text));
    return null;
  }
}

function hintFor(text: string): string {
  return text.includes('-----') ? 'look whether the two files are mixed up' : 'name the file as `file:PATH`';
}
