import type { IncomingMessage, ServerResponse } from 'node:http';

/** A JSON object of the API. */
export type Json = { [key: string]: unknown };

/** A kubeconfig with one context for each server, with the same name. */
export function kubeconfigOf(servers: Readonly<Record<string, string>>, token: string): Json {
  const names = Object.keys(servers);
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: names.map((name) => ({ name, cluster: { server: servers[name] } })),
    users: [{ name: 'bot', user: { token } }],
    contexts: names.map((name) => ({ name, context: { cluster: name, user: 'bot' } })),
  };
}

export function send(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

export async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
