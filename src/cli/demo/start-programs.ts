import { once } from 'node:events';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Api } from './api.ts';
import type { Customers } from './customers.ts';
import type { DemoSetup } from './demo-setup.ts';
import type { Processes } from './processes.ts';

const requestsPerSecond = 80;

/** Starts the shop with its supervisor, and the load generator that plays its customers for at most `seconds`. */
export function startShop(processes: Processes, { folder, ports, env }: DemoSetup, load: { customers: Customers; seconds: number }): void {
  processes.start({
    name: 'shop',
    argv: [process.execPath, join(folder, 'shop', 'supervisor.mjs')],
    cwd: folder,
    env: { ...env, SHOP_PORT: String(ports.shop) },
  });
  processes.start({
    name: 'customers',
    argv: [
      process.execPath,
      join(folder, 'shop', 'load.mjs'),
      `http://127.0.0.1:${ports.shop}`,
      String(requestsPerSecond),
      String(load.seconds),
    ],
    cwd: folder,
    env,
    onLine: load.customers.hear,
  });
}

/** Starts Prometheus and waits until it has scraped the shop twice, so that there is something to measure. */
export async function startPrometheus(
  processes: Processes,
  setup: DemoSetup,
  options: { program: string; signal: AbortSignal },
): Promise<void> {
  const { folder, ports, env } = setup;
  processes.start({
    name: 'prometheus',
    argv: [
      options.program,
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'prometheus-data')}`,
      `--web.listen-address=127.0.0.1:${ports.prometheus}`,
      '--log.level=warn',
    ],
    cwd: folder,
    env,
  });
  const query = encodeURIComponent('count_over_time(up{job="shop"}[1m]) >= 2 and on() sum(http_requests_total{job="shop"}) > 0');
  const url = `http://127.0.0.1:${ports.prometheus}/api/v1/query?query=${query}`;
  await until(async () => {
    // The connection is refused until Prometheus listens; the list is empty until it has scraped the shop.
    const response = await fetch(url, { signal: options.signal }).catch(() => null);
    return response?.ok === true && (await response.text()).includes('"metric"');
  }, options.signal);
}

/** Starts the Bakewatch server, as an operator would, and waits until it is ready. */
export async function startBakewatch(
  processes: Processes,
  setup: DemoSetup,
  { api, signal }: { api: Api; signal: AbortSignal },
): Promise<void> {
  const { folder, ports, env, token, teamSecret } = setup;
  processes.start({
    name: 'bakewatch',
    argv: setup.serve,
    cwd: folder,
    env: {
      ...env,
      BAKEWATCH_PORT: String(ports.bakewatch),
      BAKEWATCH_TOKEN: token,
      PROMETHEUS_PORT: String(ports.prometheus),
      TEAM_PORT: String(ports.team),
      TEAM_SECRET: teamSecret,
    },
  });
  await until(api.isReady, signal);
}

/** Starts to listen on the loopback address. */
export async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

async function until(isTrue: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!(await isTrue())) {
    signal.throwIfAborted();
    await delay(150, undefined, { signal });
  }
}
