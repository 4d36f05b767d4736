import { formatProblem } from '../core/base/errors.ts';
import type { Log } from '../core/base/log.ts';
import { Secret } from '../core/base/secret.ts';
import { databaseRisk } from '../rules/config-risks.ts';
import { parseDatabaseUrl } from '../store/endpoint.ts';
import type { ReloadReport } from '../usecases/reload-report.ts';
import type { AppInput } from './app-input.ts';
import { awaitDatabase, type DatabaseWait } from './await-database.ts';
import { type Closers, createClosers } from './closers.ts';
import type { FileSource } from './file-source.ts';
import { createFileWatch } from './file-watch.ts';
import { type HttpListener, listen } from './listen.ts';
import { openAdapters, type ServerAdapters } from './open-adapters.ts';
import { openFaces } from './open-faces.ts';
import { firstSteps } from './open-sign-in.ts';
import { type Engine, startEngine } from './start-engine.ts';
import { startingAnswer } from './starting-answer.ts';

export type App = {
  /** The address that the server listens on. */
  readonly url: string;
  /** Loads the files again. Throws `ConfigError` and `AppError`, which are logged; then everything stays as it is. */
  reload(by: string): Promise<ReloadReport>;
  /**
   * Finishes what is under way and closes everything. From now on `/health/ready` says that the server stops; the port stays open until all hooks have
   * ended, and at least for `openMs` (default 0), so that a load balancer can see that.
   */
  stop(options?: { readonly openMs?: number }): Promise<void>;
};

/**
 * Builds and starts the server: adapters, then the engine, then the faces. A start that fails closes what it has opened, and throws. While a database of
 * the operator is away, it waits, and the port says so.
 */
export async function startApp(input: AppInput): Promise<App> {
  const { config, log, files } = input;
  const closers = createClosers();
  try {
    let early: HttpListener | null = null;
    const onAway = async (reason: string) => {
      if (early === null) {
        early = await listen(config.server);
        closers.push(early.close);
      }
      early.answer(startingAnswer(reason));
    };
    const { adapters, engine, port, closeParts } = await openWhenThere(input, onAway);
    closers.push(closeParts);
    const { url, announceStop } = await openFaces(input, { adapters, engine }, { port: early, closers: port });
    const { book, reloads } = adapters;
    if (files !== undefined) closers.push(await watchFiles(files.source, adapters, log));
    log.info(
      { url, ruleSets: book.ruleSets.size, ruleBook: book.version(), database: adapters.isEmbedded ? 'embedded' : 'external' },
      'ready',
    );
    warnOfRisks(input);
    const steps = firstSteps(config.signIn);
    if (steps !== null) log.warn({}, steps);
    return {
      url,
      reload: (by) => reloads.reload(by, { isExplicit: true }),
      async stop({ openMs = 0 } = {}) {
        announceStop();
        if (openMs > 0) await adapters.clock.sleep(openMs, new AbortController().signal);
        await closers.closeAll();
      },
    };
  } catch (error) {
    const { host, port, publicUrl } = config.server;
    log.info({ host, port, publicUrl }, 'start failed');
    await closers.closeAll();
    throw error;
  }
}

type OpenParts = {
  readonly adapters: ServerAdapters;
  readonly engine: Engine;
  /** Closed after the engine has stopped: people and load balancers can see meanwhile that the server stops. */
  readonly port: Closers;
  readonly closeParts: () => Promise<void>;
};

/** The embedded database is started here: there is nothing to wait for. */
async function openWhenThere(input: AppInput, onAway: DatabaseWait['onAway']): Promise<OpenParts> {
  const { log, stopping: signal = new AbortController().signal, databaseWaitMs: maxMs } = input;
  const databaseUrl = input.databaseUrl ?? input.config.database.url;
  if (databaseUrl === null) return await openParts(input);
  const { host, port } = parseDatabaseUrl(databaseUrl instanceof Secret ? databaseUrl.reveal() : databaseUrl);
  return await awaitDatabase(() => openParts(input), { database: `${host}:${port}`, log, maxMs, signal, onAway });
}

/** Where one part cannot be opened, those before it are closed. */
async function openParts(input: AppInput): Promise<OpenParts> {
  const [closers, port] = [createClosers(), createClosers()];
  try {
    const adapters = await openAdapters(input, closers);
    closers.push(port.closeAll);
    const engine = await startEngine(input, adapters, closers);
    return { adapters, engine, port, closeParts: closers.closeAll };
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
}

/** Says in the log what the config and the environment allow, and is not safe. `DATABASE_URL` wins over the URL of the config. */
function warnOfRisks({ files, databaseUrl, log }: AppInput): void {
  const risk = databaseUrl === null ? null : databaseRisk(databaseUrl);
  if (risk !== null) log.warn({ hint: risk.hint }, `DATABASE_URL: ${risk.message}`);
  for (const warning of files?.first.warnings ?? []) {
    if (databaseUrl !== null && warning.path === 'database.url') continue;
    log.warn({}, formatProblem(warning));
  }
}

/** Loads the files again when they have changed. */
async function watchFiles(source: FileSource, { clock, reloads }: ServerAdapters, log: Log): Promise<() => Promise<void>> {
  const onChange = () => reloads.reload('the watch over the files', { isExplicit: false }).catch(() => undefined);
  const watch = createFileWatch({ source, clock, log, onChange }, await source.fingerprints());
  watch.start();
  return watch.stop;
}
