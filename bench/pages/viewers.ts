import { request } from 'node:http';
import type { Move } from './live-bakes.ts';

/** From the commit to the event, in ms. `seen`: how many of the moves the viewers saw, in all; a move that follows at once may be seen with it. */
export type ViewerReport = {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly seen: number;
  readonly lost: number;
};

// Follows the events of a server with many viewers: `node viewers.ts URL COUNT`. Tells the parent when all are connected, and answers its moves by a report.
const [url = '', count = '0'] = process.argv.slice(2);
/** When each viewer saw a version of a bake first, by "id version". */
const arrivals = new Map<string, number[]>();
let open = 0;

function follow(): void {
  const stream = request(`${url}/events`, (answer) => {
    let rest = '';
    answer.setEncoding('utf8');
    answer.on('data', (text: string) => {
      const at = performance.timeOrigin + performance.now();
      const parts = `${rest}${text}`.split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts) note(part, at);
    });
    answer.on('close', () => {
      open -= 1;
    });
    answer.on('error', () => {});
  });
  stream.on('error', (error) => process.stderr.write(`${error.message}\n`));
  stream.end();
}

function note(part: string, at: number): void {
  if (part.startsWith('event: hello')) {
    open += 1;
    if (open === Number(count)) process.send?.('open');
  }
  if (!part.startsWith('event: deploy')) return;
  const { id, bake_version: version } = JSON.parse(part.slice(part.indexOf('data: ') + 'data: '.length));
  const key = `${id} ${version}`;
  const known = arrivals.get(key);
  if (known === undefined) arrivals.set(key, [at]);
  else known.push(at);
}

process.on('message', (moves: readonly Move[]) => {
  const delays = moves.flatMap(({ id, version, at }) => (arrivals.get(`${id} ${version}`) ?? []).map((seen) => seen - at));
  delays.sort((a, b) => a - b);
  const at = (q: number) => Number((delays[Math.min(delays.length - 1, Math.floor(delays.length * q))] ?? Number.NaN).toFixed(1));
  const report: ViewerReport = { p50: at(0.5), p99: at(0.99), max: at(1), seen: delays.length, lost: Number(count) - open };
  process.send?.(report);
});
for (let i = 0; i < Number(count); i++) follow();
