import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the stub saw it. */
export type SeenRequest = {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body as it came, for what is no text. */
  readonly bytes: Buffer;
};

/** What the stub answers; an object is sent as JSON. `hang` never answers, `drop` cuts the connection after the request was read. */
export type StubReply =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | object;
      readonly delayMs?: number;
    }
  | 'hang'
  | 'drop';

export type StubServer = {
  /** `http://127.0.0.1:port`, without a slash at the end. */
  readonly url: string;
  /** Every request so far, oldest first. */
  readonly requests: readonly SeenRequest[];
  /** Replaces how requests are answered from now on. */
  reply(answer: StubReply | ((request: SeenRequest) => StubReply | Promise<StubReply>)): void;
  close(): Promise<void>;
};

/** Starts a server on a free loopback port that answers 200 with an empty body until told otherwise. */
export async function startStubServer(): Promise<StubServer> {
  const requests: SeenRequest[] = [];
  let answer: (request: SeenRequest) => StubReply | Promise<StubReply> = () => ({});
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
    } catch {
      return; // The caller hung up in the middle of its body: there is nobody to answer.
    }
    const bytes = Buffer.concat(chunks);
    const seen = {
      method: incoming.method ?? '',
      url: incoming.url ?? '',
      headers: incoming.headers,
      body: bytes.toString('utf8'),
      bytes,
    };
    requests.push(seen);
    const reply = await answer(seen);
    if (reply === 'hang') return;
    if (reply === 'drop') {
      incoming.socket.destroy();
      return;
    }
    if (reply.delayMs) await new Promise((resolve) => setTimeout(resolve, reply.delayMs));
    const isJson = typeof reply.body === 'object';
    response.writeHead(reply.status ?? 200, { ...(isJson && { 'content-type': 'application/json' }), ...reply.headers });
    response.end(isJson ? JSON.stringify(reply.body) : reply.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an AddressInfo, never a pipe's name.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    reply: (next) => {
      answer = typeof next === 'function' ? next : () => next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
