import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../src/core/base/secret.ts';
import { createHttp, type Http, HttpError, type HttpRequest } from '../../src/net/http.ts';
import { createProxyChoice, proxySecrets } from '../../src/net/proxy.ts';
import { type Certificate, hasOpenssl, makeCertificate } from '../support/certificate.ts';
import { type ProxyServer, startProxy } from '../support/proxy.ts';
import { type StubServer, startStubServer } from '../support/stub-server.ts';

const never = new AbortController().signal;

describe('the choice of a proxy', () => {
  const hostFor = (environment: Record<string, string>, url: string) => createProxyChoice(environment)(new URL(url))?.host ?? 'direct';

  test.for<readonly [string, string]>([
    ['http://far/', 'plain:3128'],
    ['https://far/', 'tunnel:3129'],
    ['https://localhost/', 'direct'],
    ['https://127.8.8.8/', 'direct'],
    ['https://[::1]:9/', 'direct'],
    ['https://metrics.example.com/', 'direct'],
    ['https://EXAMPLE.com/', 'direct'],
    ['https://notexample.com/', 'tunnel:3129'],
    ['https://prometheus.monitoring.svc/', 'direct'],
    ['https://10.1.2.3/', 'direct'],
    ['https://11.1.2.3/', 'tunnel:3129'],
    ['https://[fd00::7]/', 'direct'],
    ['https://ported:9090/', 'direct'],
    ['https://ported/', 'tunnel:3129'],
    ['https://192.168.0.7/', 'direct'],
  ])('%s: %s', ([url, host]) => {
    const environment = {
      http_proxy: 'http://plain:3128',
      HTTPS_PROXY: 'http://me:secret@tunnel:3129',
      no_proxy: '.example.com, *.svc,10.0.0.0/8 fd00::/8,ported:9090,192.168.0.7,,nonsense/8',
    };
    expect(hostFor(environment, url)).toBe(host);
  });

  test('no proxy is used without variables, for an empty one, or with the exception *', () => {
    expect(hostFor({}, 'https://far/')).toBe('direct');
    expect(hostFor({ HTTPS_PROXY: '' }, 'https://far/')).toBe('direct');
    expect(hostFor({ HTTPS_PROXY: 'tunnel:3129', NO_PROXY: '*' }, 'https://far/')).toBe('direct');
    expect(hostFor({ HTTPS_PROXY: 'tunnel:3129' }, 'https://far/')).toBe('tunnel:3129');
  });

  test('refuses an address that is no proxy, without showing it', () => {
    expect(() => createHttp(undefined, { HTTPS_PROXY: 'socks5://me:secret@far' })).toThrow(/^the environment variable HTTPS_PROXY is not/);
  });

  test('finds secrets without a scheme, in both spellings, and with a percent sign of their own', () => {
    const found = proxySecrets({ HTTP_PROXY: 'bob:hunter22@near:3128', https_proxy: 'http://eve:50%@far' });
    expect(found.map((secret) => secret.reveal())).toEqual([
      'bob:hunter22@near:3128',
      'hunter22',
      'hunter22',
      'http://eve:50%@far',
      '50%',
      '50%',
    ]);
  });

  test('lists the secrets of the proxies', () => {
    const found = proxySecrets({ HTTPS_PROXY: 'http://me:p%40ss@far', http_proxy: 'http://near' });
    expect(found.map((secret) => secret.reveal())).toEqual(['http://me:p%40ss@far', 'p%40ss', 'p@ss']);
  });
});

describe('a request through a proxy', () => {
  let proxy: ProxyServer;
  let server: StubServer;
  let http: Http;
  beforeEach(async () => {
    proxy = await startProxy();
    server = await startStubServer();
    http = createHttp(undefined, { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url, NO_PROXY: 'direct.example' });
  });
  afterEach(async () => {
    await http.close();
    await Promise.all([proxy.close(), server.close()]);
  });
  const ask = (rest: Partial<HttpRequest> & Pick<HttpRequest, 'url'>, client = http) =>
    client.request({ method: 'GET', timeoutMs: 10_000, ...rest }, never);
  const errorOf = async (asked: Promise<unknown>): Promise<HttpError> => {
    const error = await asked.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(HttpError);
    return error as HttpError; // Just asserted.
  };

  test('reaches a server that only the proxy knows', async () => {
    server.reply({ body: 'hello' });
    const url = server.url.replace('127.0.0.1', 'far.example');
    const sent = { url: `${url}/a?b=c`, method: 'POST', body: 'ö', headers: { authorization: 'Bearer mine' } } as const;
    expect(await ask(sent)).toMatchObject({ status: 200, text: 'hello' });
    expect(proxy.asked).toEqual([`POST ${url}/a?b=c`]);
    expect(server.requests).toMatchObject([{ url: '/a?b=c', body: 'ö', headers: { authorization: 'Bearer mine' } }]);
    expect(server.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  test('this machine is asked directly', async () => {
    await ask({ url: server.url });
    expect(server.requests).toHaveLength(1);
    expect(proxy.asked).toEqual([]);
  });

  test.skipIf(!hasOpenssl())('a tunnel keeps its own certificate authorities, and shows the certificate of the client', async () => {
    const [authority, own] = [makeCertificate(9), makeCertificate(9)];
    const far = await startTls(authority, own.cert);
    const url = `https://shop.example:${far.port}/`;
    const certificate = { cert: own.cert, key: new Secret(own.key) };
    expect((await ask({ url, ca: authority.cert, certificate })).text).toBe('authorized shop.example');
    expect(proxy.asked).toEqual([`CONNECT shop.example:${far.port}`]);
    expect((await ask({ url: `https://localhost:${far.port}/`, ca: authority.cert, certificate })).text).toBe('authorized localhost');
    expect(proxy.asked).toHaveLength(1);
    expect((await errorOf(ask({ url, certificate }))).kind).toBe('tls');
    expect((await errorOf(ask({ url, ca: authority.cert }))).isUndelivered).toBe(false);
  });

  test('says which proxy refuses, without its password', async () => {
    const refusing = await startProxy({ refuses: true });
    const client = createHttp(undefined, { HTTPS_PROXY: refusing.url });
    onTestFinished(async () => {
      await client.close();
      await refusing.close();
    });
    const { host, password } = new URL(refusing.url);
    const error = await errorOf(ask({ url: 'https://far.example/' }, client));
    expect(error).toMatchObject({ kind: 'unreachable', message: `far.example could not be reached: the proxy ${host} refused it` });
    expect(`${inspect(error)} ${error.stack}`).not.toContain(password);
  });

  test.for(['http', 'https'])('says that the proxy does not let us in, or is gone (%s)', async (scheme) => {
    const { host, href } = new URL(proxy.url.replace('let-me-out', 'wrong'));
    const client = createHttp(undefined, { HTTPS_PROXY: href, HTTP_PROXY: href });
    onTestFinished(() => client.close());
    const url = `${scheme}://far.example:${new URL(server.url).port}/`;
    expect((await errorOf(ask({ url }, client))).message).toMatch(new RegExp(`could not be reached: the proxy ${host} refused it$`));
    await proxy.close();
    expect((await errorOf(ask({ url }, client))).message).toContain(`could not be reached through the proxy ${host} (`);
    expect(server.requests).toEqual([]);
  });
});

/** A TLS server that demands a certificate signed by `authority`, and answers whether it saw one, and the name that it was asked for. */
async function startTls({ key, cert }: Certificate, authority: string): Promise<{ readonly port: number }> {
  const far = createTlsServer({ key, cert, ca: authority, requestCert: true, rejectUnauthorized: true }, (incoming, response) => {
    const socket = incoming.socket as TLSSocket; // The socket of a TLS server.
    response.end(`${socket.authorized ? 'authorized' : 'unknown'} ${socket.servername}`);
  });
  await new Promise<void>((resolve) => far.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void far.closeAllConnections());
  onTestFinished(() => void far.close());
  return { port: (far.address() as AddressInfo).port }; // As above.
}
