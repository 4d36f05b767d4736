/**
 * A stand-in for Prometheus in a process of its own: every service has two instances and the codes 200 and 500 of each counter, with a sample every 15 s.
 * It prints its port, and answers `GET /requests` with the number of its requests so far.
 */
import { createServer } from 'node:http';

const scrapeMs = 15_000;
const instances = ['a', 'b'];
let requests = 0;

const server = createServer((request, response) => {
  if (request.method === 'GET') return response.end(String(requests));
  requests += 1;
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => {
    body += chunk;
  });
  request.on('end', () => {
    const params = new URLSearchParams(body);
    response.setHeader('content-type', 'application/json');
    response.end(answerTo(params.get('query') ?? '', Number(params.get('time'))));
  });
  return;
});

function answerTo(query: string, at: number): string {
  const length = Number(/\[(\d+)ms\]$/.exec(query)?.[1] ?? 0) / 1_000;
  const values = valuesBetween(at - length, at);
  const jobs = [...(/job=~?"([^"]*)"/.exec(query)?.[1] ?? '').split('|')];
  const series = jobs.flatMap((job) => instances.flatMap((instance) => seriesOf(query, { job, instance }, values)));
  return `{"status":"success","data":{"resultType":"matrix","result":[${series.join(',')}]}}`;
}

function seriesOf(query: string, target: { readonly job: string; readonly instance: string }, values: string): string[] {
  const one = (labels: object) => `{"metric":${JSON.stringify({ ...labels, ...target })},"values":${values}}`;
  if (query.startsWith('{')) return ['up', 'process_start_time_seconds'].map((name) => one({ __name__: name }));
  const codes = query.includes('code=~') ? ['500'] : ['200', '500'];
  return codes.map((code) => one({ __name__: /^\w+/.exec(query)?.[0], code }));
}

const known = new Map<string, string>();

function valuesBetween(after: number, to: number): string {
  const key = `${after} ${to}`;
  const cached = known.get(key);
  if (cached !== undefined) return cached;
  const first = Math.floor((after * 1_000) / scrapeMs) + 1;
  const times = Array.from({ length: Math.max(0, Math.floor((to * 1_000) / scrapeMs) - first + 1) }, (_, i) => first + i);
  const text = JSON.stringify(times.map((tick) => [(tick * scrapeMs) / 1_000, String(tick % 100_000)]));
  if (known.size > 1_000) known.clear();
  known.set(key, text);
  return text;
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
});
