import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CountingApp, startCountingApp } from '../support/counting-app.ts';
import { type Prometheus, startPrometheus } from '../support/prometheus.ts';
import { call, poll, type Server, startServer } from '../support/server.ts';
import { type StubServer, startStubServer } from '../support/stub-server.ts';

/** What the page and the API say of a deploy. */
export type Shown = {
  readonly id: string;
  readonly state: string;
  readonly final: boolean;
  readonly summary: string;
  readonly rolled_back: string | null;
  readonly checks: readonly { readonly name: string; readonly outcome: string; readonly reason: string }[];
  readonly timeline: readonly { readonly kind: string; readonly text: string }[];
};

/** A shop under traffic, a real Prometheus, a whole Bakewatch, and a hook that writes down what it was told. */
export type Shop = {
  readonly app: CountingApp;
  readonly prometheus: Prometheus;
  readonly server: Server;
  readonly team: StubServer;
  /** The share of requests that fail from now on. */
  failing(share: number): void;
  /** Registers a deploy, with whatever else is to be sent. */
  deploy(version: string, more?: object): Promise<string>;
  show(id: string): Promise<Shown>;
  until(id: string, ...states: string[]): Promise<Shown>;
  /** What the rollback hook was told to put back, oldest first. */
  rollbacks(): readonly string[];
  /** What the team was told of a deploy, in order. Notices of two deploys may cross, and one notice may arrive twice. */
  topics(id: string): readonly string[];
  close(): Promise<void>;
};

const judging = `checks:
  errors:
    provider: prom
    ratio: { bad: 'http_requests_total{job="shop",code=~"5.."}', total: 'http_requests_total{job="shop"}' }
    fail_when:
      - above: 10%
        for: 2 of 3
    min_samples: 50
on_failure: rollback
rollback: { hook: shop, verify: 20s }
notify: [team]
`;

const hookScript = 'echo "$1" >> rollbacks.log; echo "$1" > running';

export type ShopOptions = {
  readonly forSeconds?: number;
  readonly extendSeconds?: number;
  readonly providerUrl?: (real: string) => string;
  /** What stands in the rules from `checks` on. */
  readonly judging?: string;
};

/** Starts everything, with bakes of `forSeconds` and extensions of `extendSeconds`, and a tick every second. */
export async function openShop(options: ShopOptions = {}): Promise<Shop> {
  const [app, prometheus, team] = await Promise.all([startCountingApp(), startPrometheus(), startStubServer()]);
  prometheus.setTargets([{ address: app.address }]);
  const url = options.providerUrl?.(prometheus.url) ?? prometheus.url;
  const server = await startServer((folder) => configOf(folder, url, team.url), {
    'shop.yaml': rulesOf(options.forSeconds ?? 8, options.extendSeconds ?? 20, options.judging ?? judging),
  });
  let share = 0;
  let carry = 0;
  const traffic = setInterval(() => {
    carry += 10 * share;
    const bad = Math.floor(carry);
    carry -= bad;
    app.serve(10 - bad);
    if (bad > 0) app.serve(bad, '500');
  }, 100);
  const show = async (id: string) => (await call<Shown>(server, 'GET', `/v1/deploys/${id}`)).body;
  return {
    app,
    prometheus,
    server,
    team,
    failing: (next) => {
      share = next;
    },
    deploy: async (version, more = {}) => {
      const { status, body } = await call<{ id: string }>(server, 'POST', '/v1/deploys', {
        service: 'shop',
        environment: 'production',
        version,
        ...more,
      });
      if (status !== 201) throw new Error(JSON.stringify(body));
      return body.id;
    },
    show,
    until: async (id, ...states) => {
      let shown = await show(id);
      await poll(`the deploy is ${states.join(' or ')} (${server.log().slice(-500)})`, async () => {
        shown = await show(id).catch(() => shown);
        if (shown.final && !states.includes(shown.state)) throw new Error(`ended ${shown.state}: ${shown.summary}`);
        return states.includes(shown.state);
      });
      return shown;
    },
    rollbacks: () => readLines(join(server.folder, 'rollbacks.log')),
    topics: (id) => topicsOf(team.requests.map(({ body }) => JSON.parse(body) as Told).filter((notice) => notice.deploy_id === id)),
    close: async () => {
      clearInterval(traffic);
      await server.stop();
      await Promise.all([app.close(), prometheus.stop(), team.close()]);
    },
  };
}

type Told = { readonly id: string; readonly deploy_id: string; readonly topic: string };

function topicsOf(notices: readonly Told[]): readonly string[] {
  return [...new Map(notices.map(({ id, topic }) => [id, topic])).values()];
}

function configOf(folder: string, prometheusUrl: string, teamUrl: string): string {
  return `providers:
  prom: { type: prometheus, url: "${prometheusUrl}", settle: 500ms, timeout: 2s }
hooks:
  shop: { type: command, cwd: "${folder}", rollback: [sh, -c, '${hookScript}', hook, "{version}"], current: [cat, running] }
notifiers:
  team: { type: webhook, url: "${teamUrl}", secret: "a secret of the test" }
policy: { blind_after: 10s, rollback_budget: { rollbacks: 100, cooldown: 0s } }
`;
}

function rulesOf(forSeconds: number, extendSeconds: number, rest: string): string {
  return `rules: 1
service: shop
environment: production
bake: { for: ${forSeconds}s, every: 1s, warmup: 1s, extend: ${extendSeconds}s }
${rest}`;
}

/** The lines of a file that hooks write; none where it is not there yet. */
export function readLines(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}
