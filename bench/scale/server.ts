/** A stand-in for Prometheus, in a process of its own. It answers each range query at once. Prints its port. */
import { createServer } from 'node:http';
import { numberOf } from './load.ts';

const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const url = new URL(request.url ?? '/', 'http://stand-in');
  const asked = new URLSearchParams(request.method === 'POST' ? body : url.search);
  const query = asked.get('query') ?? '';
  const [start, end, step] = ['start', 'end', 'step'].map((name) => Number.parseFloat(asked.get(name) ?? ''));
  const values: [number, string][] = [];
  for (let at = start ?? 0; at <= (end ?? 0); at += step || 1) values.push([at, String(numberOf(query))]);
  const result = url.pathname.endsWith('query_range')
    ? { resultType: 'matrix', result: [{ metric: {}, values }] }
    : { resultType: 'vector', result: [{ metric: {}, value: [Date.now() / 1000, String(numberOf(query))] }] };
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ status: 'success', data: result }));
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : address}\n`);
});
