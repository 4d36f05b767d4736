import { loadConfig } from '../rules/load-config.ts';
import { createLog } from '../telemetry/log.ts';
import { startApp } from './app.ts';
import type { Env } from './env.ts';
import { plugins } from './plugins.ts';
import { onHangup, untilStopSignal } from './signals.ts';

export type ServeInput = {
  readonly file: string;
  readonly env: Env;
  readonly readFile: (path: string) => string;
  readonly listFiles: (folder: string) => readonly string[];
};

/** How long the port stays open after a stop signal, so that load balancers see that the server is not ready. Never longer than the drain. */
const maxOpenMs = 1_000;

/** Runs the server until SIGTERM or SIGINT, then drains. A second signal ends it at once. Returns the exit code. */
export async function serve({ file, env, readFile, listFiles }: ServeInput): Promise<number> {
  const { config, ruleSets } = loadConfig({ file, env: env.all, readFile, listFiles, plugins });
  const log = createLog(env.logLevel);
  const stopSignal = untilStopSignal();
  onHangup(() => log.warn({ signal: 'SIGHUP' }, 'files are not loaded again while the server runs: restart it to load them'));
  const app = await startApp({ config, ruleSets, databaseUrl: env.databaseUrl, log, environment: env.all });
  log.info({ signal: await stopSignal }, 'stopping');
  await app.stop({ openMs: Math.min(config.drainMs, maxOpenMs) });
  log.info({}, 'stopped');
  return 0;
}
