import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startPrometheus } from '../support/prometheus.ts';
import { call, poll, type Server, startServer } from '../support/server.ts';
import { readLines } from './shop.ts';

/** What the API says of a deploy in stages. */
export type Staged = {
  readonly state: string;
  readonly final: boolean;
  readonly summary: string;
  readonly weight: number | null;
  readonly stage: { readonly number: number; readonly of: number; readonly weight: number } | null;
  readonly timeline: readonly { readonly kind: string; readonly text: string }[];
};

/** Two releases of a shop behind a splitter, under real requests, with a real Prometheus and a whole Bakewatch. */
export type SplitShop = {
  readonly server: Server;
  /** How much of the traffic the splitter gives the canary. */
  weight(): number;
  /** The shares that the splitter ever had, in order. */
  weights(): readonly number[];
  /** How many requests each of the two has answered. */
  served(): { readonly stable: number; readonly canary: number };
  /** A person vouches for v1, and what runs is remembered. */
  adopt(): Promise<void>;
  /** Puts another release in the canary's place, which fails so many requests while it gets so much traffic. */
  release(version: string, failing?: (weight: number) => number): void;
  deploy(version: string): Promise<string>;
  show(id: string): Promise<Staged>;
  until(id: string, what: string, isSo: (shown: Staged) => boolean): Promise<Staged>;
  rollbacks(): readonly string[];
  close(): Promise<void>;
};

const rules = `rules: 1
service: shop
environment: production
bake: { stages: [20% 5s, 50% 5s, 100% 5s], every: 1s, warmup: 1s, extend: 30s }
traffic: { hook: splitter }
control: { canary: 'version="$version"', stable: 'version="$known_good"' }
checks:
  errors:
    provider: prom
    ratio: { bad: 'http_requests_total{job="shop",code=~"5.."}', total: 'http_requests_total{job="shop"}' }
    fail_when:
      - above: 10%
        for: 2 of 3
    min_samples: 10
on_failure: rollback
rollback: { hook: shop, verify: 20s }
`;

/** Starts everything. A shift takes `shiftSeconds`. */
export async function openSplitShop({ shiftSeconds = 0 }: { readonly shiftSeconds?: number } = {}): Promise<SplitShop> {
  let failing: (weight: number) => number = () => 0;
  const prometheus = await startPrometheus();
  const server = await startServer((folder) => configOf(folder, prometheus.url, shiftSeconds), { 'shop.yaml': rules });
  const file = (name: string) => join(server.folder, name);
  writeFileSync(file('weight'), '0\n');
  writeFileSync(file('weights'), '');
  const weight = () => Number(readFileSync(file('weight'), 'utf8'));
  const [stable, canary] = [await startBackend(() => 0), await startBackend(() => failing(weight()))];
  const front = await startSplitter(stable.url, canary.url, weight);
  const load = setInterval(() => {
    for (let i = 0; i < 5; i++)
      void fetch(front.url).then(
        (response) => response.arrayBuffer(),
        () => null,
      );
  }, 50);
  const target = (version: string) =>
    prometheus.setTargets([
      { address: stable.address, labels: { version: 'v1' } },
      { address: canary.address, labels: { version } },
    ]);
  const show = async (id: string) => (await call<Staged>(server, 'GET', `/v1/deploys/${id}`)).body;
  return {
    server,
    weight,
    weights: () => readLines(file('weights')).map(Number),
    served: () => ({ stable: stable.served(), canary: canary.served() }),
    adopt: async () => {
      const { status } = await call(server, 'POST', '/v1/adopt', { service: 'shop', environment: 'production', version: 'v1' });
      if (status !== 201) throw new Error(`adopting answered ${status}`);
      // Adopting asks, and then the step that remembers what runs.
      await poll('what runs was asked for twice', () => readLines(file('asked')).length >= 2);
    },
    release: (version, how = () => 0) => {
      failing = how;
      canary.restart();
      target(version);
      writeFileSync(file('running'), version);
    },
    deploy: async (version) => {
      const place = { service: 'shop', environment: 'production' };
      const { status, body } = await call<{ id: string }>(server, 'POST', '/v1/deploys', { ...place, version });
      if (status !== 201) throw new Error(JSON.stringify(body));
      return body.id;
    },
    show,
    until: async (id, what, isSo) => {
      let shown = await show(id);
      await poll(`the deploy is ${what} (${server.log().slice(-500)})`, async () => {
        shown = await show(id).catch(() => shown);
        if (shown.final && !isSo(shown)) throw new Error(`ended ${shown.state}: ${shown.summary}`);
        return isSo(shown);
      });
      return shown;
    },
    rollbacks: () => readLines(file('rollbacks.log')),
    close: async () => {
      clearInterval(load);
      await server.stop();
      await Promise.all([prometheus.stop(), front.close(), stable.close(), canary.close()]);
    },
  };
}

function configOf(folder: string, prometheusUrl: string, shiftSeconds: number): string {
  const shift = `sleep ${shiftSeconds}; echo "$1" >> weights; echo "$1" > weight.new; mv weight.new weight`;
  return `providers:
  prom: { type: prometheus, url: "${prometheusUrl}", settle: 500ms, timeout: 2s }
hooks:
  shop: { type: command, cwd: "${folder}", rollback: [sh, -c, 'echo "$1" >> rollbacks.log; echo "$1" > running', hook, "{version}"], current: [sh, -c, 'cat running; echo 1 >> asked'] }
traffic:
  splitter: { type: command, cwd: "${folder}", shift: [sh, -c, '${shift}', split, "{weight}"], weight: [cat, weight] }
policy: { rollback_budget: { rollbacks: 100, cooldown: 0s } }
`;
}

/** One release: answers requests, some of them badly, and counts them. */
async function startBackend(failing: () => number) {
  const codes = new Map<string, number>();
  let [startedAt, carry] = [Date.now(), 0];
  const listening = await listen((request, response) => {
    if (request.url === '/metrics') {
      const lines = [...codes].map(([code, count]) => `http_requests_total{code="${code}"} ${count}`);
      response.setHeader('content-type', 'text/plain; version=0.0.4');
      return void response.end(`${lines.join('\n')}\nprocess_start_time_seconds ${startedAt / 1_000}\n`);
    }
    carry += failing();
    const isBad = carry >= 1;
    if (isBad) carry -= 1;
    const code = isBad ? '500' : '200';
    codes.set(code, (codes.get(code) ?? 0) + 1);
    response.writeHead(Number(code)).end('hello');
  });
  return {
    ...listening,
    address: listening.url.slice('http://'.length),
    served: () => [...codes.values()].reduce((sum, count) => sum + count, 0),
    restart: () => {
      codes.clear();
      startedAt = Date.now();
    },
  };
}

/** Hands every request on, evenly, as the weight says. */
async function startSplitter(stable: string, canary: string, weight: () => number) {
  let owed = 0;
  return await listen((_, response) => {
    owed += weight() / 100;
    const isCanary = owed >= 1;
    if (isCanary) owed -= 1;
    void fetch(isCanary ? canary : stable).then(
      async (answer) => response.writeHead(answer.status).end(await answer.text()),
      () => response.writeHead(502).end(),
    );
  });
}

async function listen(answer: RequestListener) {
  const server: HttpServer = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an AddressInfo, never a pipe's name.
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, close };
}
