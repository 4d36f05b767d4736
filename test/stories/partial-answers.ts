import { startStubServer } from '../support/stub-server.ts';

/** A server in front of Prometheus, such as Thanos or Mimir, that cannot reach the store with the failures. It says so in `warnings`. */
export async function startPartialServer(url: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const stub = await startStubServer();
  stub.reply(async ({ method, url: path, body, headers }) => {
    const type = headers['content-type'];
    const answer = await fetch(`${url}${path}`, {
      method,
      ...(method === 'POST' && { body }),
      headers: type ? { 'content-type': type } : {},
    });
    return { status: answer.status, body: withoutFailures(await answer.json()) };
  });
  return stub;
}

function withoutFailures(reply: unknown): object {
  // The real answer of Prometheus; a test that reads another one fails.
  const { data, ...rest } = reply as { data?: { result?: { metric?: Record<string, string> }[] } };
  const result = data?.result?.filter(({ metric }) => metric?.status_class !== '5xx');
  return { ...rest, data: result ? { ...data, result } : data, warnings: ['fetch series for {store="b"}: rpc error: connection refused'] };
}
