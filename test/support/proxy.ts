import { createServer, request as requestHttp } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** A real HTTP proxy on a free loopback port: it forwards plain requests and opens tunnels. */
export type ProxyServer = {
  /** `http://user:password@127.0.0.1:port`. */
  readonly url: string;
  /** What it was asked for so far: `CONNECT host:port`, or a method and a whole address. */
  readonly asked: readonly string[];
  close(): Promise<void>;
};

/** The user that the proxy lets in. */
const account = { user: 'worker', password: 'let-me-out' };

/**
 * Starts a proxy. Every name leads to this machine, so that a test can use names that only the proxy knows. `refuses`: it opens no tunnel.
 */
export async function startProxy({ refuses = false } = {}): Promise<ProxyServer> {
  const asked: string[] = [];
  const expected = `Basic ${Buffer.from(`${account.user}:${account.password}`).toString('base64')}`;
  const server = createServer((incoming, response) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    const target = new URL(incoming.url ?? '');
    if (incoming.headers['proxy-authorization'] !== expected) {
      response.writeHead(407).end();
      return;
    }
    const { 'proxy-authorization': _, ...headers } = incoming.headers;
    const forwarded = requestHttp(
      { host: '127.0.0.1', port: target.port, method: incoming.method, path: `${target.pathname}${target.search}`, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    forwarded.on('error', () => response.writeHead(502).end());
    incoming.pipe(forwarded);
  });
  server.on('connect', (incoming, socket) => {
    asked.push(`CONNECT ${incoming.url}`);
    socket.on('error', () => {});
    if (refuses || incoming.headers['proxy-authorization'] !== expected) {
      socket.end(`HTTP/1.1 ${refuses ? '403 Forbidden' : '407 Proxy Authentication Required'}\r\n\r\n`);
      return;
    }
    const [, port = '443'] = /:(\d+)$/.exec(incoming.url ?? '') ?? [];
    const target = connect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    target.on('error', () => socket.destroy());
    socket.on('close', () => target.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an AddressInfo, never a pipe's name.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${account.user}:${account.password}@127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
