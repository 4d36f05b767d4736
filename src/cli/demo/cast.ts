import { once } from 'node:events';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Api } from './api.ts';
import type { Customers } from './customers.ts';
import type { Processes } from './processes.ts';
import type { DemoStage } from './stage.ts';

const requestsPerSecond = 80;

/** Starts the shop under its supervisor and its customers, who stay for at most `seconds`. */
export function startShop(processes: Processes, { folder, ports, env }: DemoStage, crowd: { customers: Customers; seconds: number }): void {
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
      String(crowd.seconds),
    ],
    cwd: folder,
    env,
    onLine: crowd.customers.hear,
  });
}

/** Starts Prometheus and waits until it has seen the shop twice, so that there is something to measure. */
export async function startPrometheus(
  processes: Processes,
  stage: DemoStage,
  options: { program: string; signal: AbortSignal },
): Promise<void> {
  const { folder, ports, env } = stage;
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
    // Refused until it listens; a list with something in it once the shop was seen.
    const response = await fetch(url, { signal: options.signal }).catch(() => null);
    return response?.ok === true && (await response.text()).includes('"metric"');
  }, options.signal);
}

/** Starts Bakewatch's server, as an operator would, and waits until it is ready. */
export async function startBakewatch(
  processes: Processes,
  stage: DemoStage,
  { api, signal }: { api: Api; signal: AbortSignal },
): Promise<void> {
  const { folder, ports, env, token, teamSecret } = stage;
  processes.start({
    name: 'bakewatch',
    argv: stage.serve,
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

/** Opens a server on this machine only. */
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
