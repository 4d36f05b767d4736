import { isLoopbackHost, isReadableOnTheWay } from '../core/base/loopback.ts';
import type { Config } from './config.ts';
import type { Cursor } from './cursor.ts';

type ServerConfig = Config<unknown, unknown, unknown, unknown>['server'];

/** Warns of what is allowed, and not safe: secrets that can be read on the way, and secrets that can be guessed. No message contains a secret. */
export function warnOfRisks(top: Cursor, server: ServerConfig): void {
  warnOfListen(top.at('server').at('listen'), server);
  warnOfDatabase(top.at('database').at('url'));
  for (const token of listed(top.at('tokens'))) warnOfWeakSecret(token.at('token'));
  for (const section of ['providers', 'hooks', 'traffic', 'notifiers'])
    for (const name of top.at(section).keys) warnOfInstance(top.at(section).at(name));
}

function listed(cursor: Cursor): readonly Cursor[] {
  return cursor.tree?.body.kind === 'list' ? cursor.items : [];
}

function warnOfListen(cursor: Cursor, { host, port, publicUrl, tls }: ServerConfig): void {
  if (tls !== null || isLoopbackHost(host) || (publicUrl !== null && !isReadableOnTheWay(publicUrl))) return;
  const where = cursor.isHidden ? 'this address' : `${host}:${port}`;
  const message = `other machines reach ${where} over plain HTTP, so that tokens and sessions can be read on the way`;
  cursor.warn(
    message,
    'give it a certificate with `server.tls`, or put a proxy with TLS in front and give `server.public_url` its https address',
  );
}

function warnOfDatabase(cursor: Cursor): void {
  const risk = typeof cursor.value === 'string' ? databaseRisk(cursor.value) : null;
  if (risk !== null) cursor.warn(risk.message, risk.hint);
}

/** What is not safe about the connection to a database, or `null`. Says nothing of the URL but its `sslmode`. */
export function databaseRisk(address: string): { readonly message: string; readonly hint: string } | null {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null) return null;
  const host = url.searchParams.get('host') ?? url.hostname.replaceAll(/%2f/gi, '/');
  if (host === '' || host.startsWith('/') || isLoopbackHost(host)) return null;
  const mode = url.searchParams.get('sslmode');
  if (mode === 'verify-ca' || mode === 'verify-full') return null;
  const hint = 'add `sslmode=verify-full`, and `sslrootcert=FILE` for an authority of your own';
  const isEncrypted = mode === 'require' || mode === 'no-verify';
  const written =
    mode === null ? 'no `sslmode`' : isEncrypted || mode === 'disable' ? `\`sslmode=${mode}\`` : 'an `sslmode` that verifies nothing';
  const effect = isEncrypted ? 'the certificate of the server is not verified' : 'the password and the data can be read on the way';
  return { message: `the database is on another machine, and its URL has ${written}: ${effect}`, hint };
}

/** Options of instances that are sent to the server of the instance, and that prove who we are. */
const credentials = [
  'bearer',
  'basic',
  'oauth2',
  'token_command',
  'headers',
  'token',
  'key',
  'api_key',
  'app_key',
  'routing_key',
  'secret',
];

function warnOfInstance(cursor: Cursor): void {
  warnOfWeakSecret(cursor.at('secret'));
  const found = credentials.filter((key) => cursor.at(key).isPresent);
  for (const key of cursor.keys) warnOfAddress(cursor.at(key), found);
  warnOfAddress(cursor.at('oauth2').at('token_url'), ['client_secret']);
}

function warnOfAddress(cursor: Cursor, found: readonly string[]): void {
  if (typeof cursor.value !== 'string' || !isReadableOnTheWay(cursor.value)) return;
  const sent =
    found.length > 0 ? found.map((key) => `\`${key}\``).join(' and ') : holdsSecret(cursor.value) ? 'the secret in the address' : null;
  if (sent === null) return;
  // A host that the environment gives is not shown.
  const where = cursor.isHidden ? 'another machine' : new URL(cursor.value).host;
  const effect =
    found.join() === 'secret' ? 'what is sent, signed with `secret`, can be read on the way' : `${sent} can be read on the way`;
  cursor.warn(`this is plain HTTP to ${where}: ${effect}`, 'use an https address');
}

/** Whether an address has a user, a query, or a part of its path that is too long for a word. */
function holdsSecret(address: string): boolean {
  const { username, password, search, pathname } = new URL(address);
  return username !== '' || password !== '' || search !== '' || pathname.split('/').some((part) => part.length >= 20);
}

const shortLength = 20;
const fewCharacters = 8;

function warnOfWeakSecret(cursor: Cursor): void {
  if (typeof cursor.value !== 'string' || cursor.value === '') return;
  const different = new Set(cursor.value).size;
  const hint = 'use the output of `openssl rand -hex 32`';
  if (different < fewCharacters) cursor.warn(`this secret has only ${different} different characters, so it is easy to guess`, hint);
  else if (cursor.value.length < shortLength) cursor.warn(`this secret has only ${cursor.value.length} characters, which is short`, hint);
}
