import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type ConnectionOptions, createSecureContext } from 'node:tls';
import { AppError } from '../core/base/errors.ts';

const modes = ['disable', 'require', 'verify-ca', 'verify-full'];

/** Reads the TLS parameters of a database URL, which are those of libpq: `sslmode`, `sslrootcert`, `sslcert`, `sslkey`. Throws `AppError('invalid')`. */
export function readTls(params: URLSearchParams): ConnectionOptions | false {
  const mode = params.get('sslmode') ?? 'disable';
  if (mode === 'disable') return false;
  const isKnown = modes.includes(mode) || mode === 'no-verify';
  if (!isKnown) throw invalid(`sslmode "${mode}" is not supported; use ${modes.slice(0, -1).join(', ')} or ${modes.at(-1)}`);
  return { ...readTrust(mode, params), ...readIdentity(params) };
}

function readTrust(mode: string, params: URLSearchParams): ConnectionOptions {
  const file = params.get('sslrootcert');
  const ca = file && file !== 'system' ? readPem('sslrootcert', file) : null;
  if (ca !== null) assertCertificate(ca, `sslrootcert "${file}"`);
  const isVerified = mode === 'verify-ca' || mode === 'verify-full';
  if (!isVerified) return { rejectUnauthorized: false };
  return {
    rejectUnauthorized: true,
    ...(ca !== null && { ca }),
    // As in libpq, `verify-ca` accepts every name.
    ...(mode === 'verify-ca' && { checkServerIdentity: () => undefined }),
  };
}

/** The certificate with which this process proves who it is, and its key. */
function readIdentity(params: URLSearchParams): ConnectionOptions {
  const [certFile, keyFile] = [params.get('sslcert'), params.get('sslkey')];
  if (certFile === null && keyFile === null) return {};
  if (certFile === null || keyFile === null) throw invalid('sslcert and sslkey belong together; give both');
  const cert = readPem('sslcert', certFile);
  assertCertificate(cert, `sslcert "${certFile}"`);
  const identity = { cert, key: readPem('sslkey', keyFile) };
  try {
    createSecureContext(identity);
  } catch (error) {
    throw invalid(`sslkey "${keyFile}" is not the key of sslcert "${certFile}", or has a passphrase`, error);
  }
  return identity;
}

function readPem(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw invalid(`${name} "${file}" cannot be read`, error);
  }
}

function assertCertificate(pem: string, what: string): void {
  try {
    new X509Certificate(pem);
  } catch (error) {
    throw invalid(`${what} is not a certificate in PEM format`, error);
  }
}

function invalid(what: string, cause?: unknown): AppError {
  return new AppError('invalid', `the database URL's ${what}`, { cause });
}
