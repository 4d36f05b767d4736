import { BlockList, isIP } from 'node:net';
import { AppError } from '../core/base/errors.ts';
import { Secret } from '../core/base/secret.ts';

/** The proxy of a request. Its address may hold a user and a password; `host` may be shown. */
export type HttpProxy = { readonly url: Secret; readonly host: string };

/** Returns the proxy for an address, or `null` for a direct connection. */
export type ProxyChoice = (url: URL) => HttpProxy | null;

/** The variables of the environment that name proxies, in both spellings. The lower-case one wins, as with other programs. */
export const proxyVariables = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'no_proxy', 'NO_PROXY'] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`. Addresses of this machine are always direct. `NO_PROXY` lists names (with everything below them),
 * addresses, blocks such as `10.0.0.0/8`, each with a port or without, or `*`. Throws `AppError('invalid')` for a proxy that is not an
 * http(s) URL.
 */
export function createProxyChoice(environment: Environment): ProxyChoice {
  const http = proxyOf(environment, 'http_proxy');
  const https = proxyOf(environment, 'https_proxy');
  const exceptions = (variable(environment, 'no_proxy') ?? '').split(/[\s,]+/).filter((entry) => entry !== '');
  return (url) => {
    const proxy = url.protocol === 'https:' ? https : http;
    if (proxy === null) return null;
    const host = url.hostname.toLowerCase().replace(/^\[|\]$|\.$/g, '');
    const port = url.port || (url.protocol === 'https:' ? '443' : '80');
    const isDirect = isLoopback(host) || exceptions.some((entry) => matches(entry.toLowerCase(), { host, port }));
    return isDirect ? null : proxy;
  };
}

/** The secrets of the proxies, to remove them from what programs print. */
export function proxySecrets(environment: Environment): readonly Secret[] {
  return proxyVariables.flatMap((name) => {
    const text = environment[name] ?? '';
    const address = addressOf(text);
    const { password = '' } = URL.canParse(address) ? new URL(address) : {};
    return password === '' ? [] : [new Secret(text), new Secret(password), new Secret(decoded(password))];
  });
}

/** Programs take an address without a scheme for one of http. */
function addressOf(text: string): string {
  return text.includes('://') ? text : `http://${text}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // It has a percent sign of its own.
  }
}

function variable(environment: Environment, name: string): string | undefined {
  return environment[name] || environment[name.toUpperCase()] || undefined;
}

function proxyOf(environment: Environment, name: string): HttpProxy | null {
  const text = variable(environment, name);
  if (text === undefined) return null;
  const address = addressOf(text);
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '')
    throw new AppError('invalid', `the environment variable ${name.toUpperCase()} is not the http:// or https:// address of a proxy`);
  return { url: new Secret(url.href), host: url.host };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function matches(entry: string, { host, port }: { readonly host: string; readonly port: string }): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return isInBlock(entry, host);
  const [, bracketed, plain, entryPort] = /^(?:\[(.+)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
  const name = (bracketed ?? plain ?? entry).replace(/^\*?\./, '').replace(/\.$/, '');
  if (entryPort !== undefined && entryPort !== port) return false;
  return name !== '' && (host === name || (isIP(host) === 0 && host.endsWith(`.${name}`)));
}

function isInBlock(block: string, host: string): boolean {
  const [address = '', bits = ''] = block.split('/');
  const [family, hostFamily] = [isIP(address), isIP(host)];
  if (family === 0 || family !== hostFamily || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(address, Number(bits), type);
  return list.check(host, type);
}
