import { createLog } from '../telemetry/log.ts';
import { type App, startApp } from './app.ts';
import type { Env } from './env.ts';
import { createFileSource } from './file-source.ts';
import { keyOf } from './rule-book.ts';
import { onHangup, untilStopSignal } from './signals.ts';

export type ServeInput = {
  readonly file: string;
  readonly env: Env;
  readonly readFile: (path: string) => string;
  readonly listFiles: (folder: string) => readonly string[];
};

/** How long the port stays open after a stop signal, so that load balancers see that the server is not ready. Never longer than the drain. */
const maxOpenMs = 1_000;

/**
 * Runs the server until SIGTERM or SIGINT, then drains. A second signal ends it at once. Returns the exit code. The log is lines of JSON, or lines for people.
 */
export async function serve(
  { file, env, readFile, listFiles }: ServeInput,
  { isLogJson }: { readonly isLogJson: boolean },
): Promise<number> {
  const source = createFileSource({ file, env: env.all, readFile, listFiles });
  const first = source.load();
  const { config } = first;
  const ruleSets = new Map(first.entries.map((entry) => [keyOf(entry), entry.ruleSet]));
  const log = createLog(env.logLevel, { terminal: isLogJson ? null : process.stderr });
  const stopSignal = untilStopSignal();
  const stopping = new AbortController();
  void stopSignal.then(() => stopping.abort());
  let app: App | null = null;
  // A reload says in the log why it fails.
  onHangup(() => void app?.reload('SIGHUP').catch(() => undefined));
  const files = { first, source };
  try {
    app = await startApp({ config, ruleSets, files, databaseUrl: env.databaseUrl, log, environment: env.all, stopping: stopping.signal });
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    // It was stopped while it started, mostly while it waited for the database.
    log.info({ reason: error instanceof Error ? error.message : String(error) }, 'stopped before it had started');
    return 0;
  }
  log.info({ signal: await stopSignal }, 'stopping');
  await app.stop({ openMs: Math.min(config.drainMs, maxOpenMs) });
  log.info({}, 'stopped');
  return 0;
}
