import { ConfigError, formatProblem, type Problem } from '../core/base/errors.ts';
import type { Log } from '../core/base/log.ts';
import type { AuditEntry, AuditOrigin } from '../ports/audit-trail.ts';
import { byServer, changeEntry } from '../usecases/audited.ts';
import { bookChanges, namedChanges, type ReloadReport } from '../usecases/reload-report.ts';
import type { AppConfig, AppFiles } from './app-config.ts';
import type { LiveRuleBook } from './rule-book.ts';

export type ReloadsDeps = {
  /** Reads the files again. */
  readonly load: () => AppFiles;
  readonly book: LiveRuleBook;
  readonly replaceInstances: (config: AppConfig) => void;
  /** Called when a load has changed what this server may do. */
  readonly afterLoad: () => Promise<void>;
  readonly log: Log;
  /** Writes a row of the audit trail. Never throws because the database is away. */
  readonly record: (entry: AuditEntry) => Promise<void>;
  readonly now: () => number;
  /** Whether one process alone uses the database: its files always win. */
  readonly isOnlyOwner: boolean;
};

/** `origin`: who asks for it; missing: the server itself, by a signal or because the files have changed. */
type ReloadOptions = { readonly isExplicit: boolean; readonly origin?: AuditOrigin };

export type Reloads = {
  /**
   * Loads the files again, one reload after the other. `isExplicit`: a person asks for it. Bakes under way keep their rules and plans. Throws `ConfigError`
   * where the config cannot be used, and `AppError('unavailable')` where the database is away; then everything stays as it is.
   */
  reload(by: string, options: ReloadOptions): Promise<ReloadReport>;
  /** The config that was loaded last. Its `server`, `database` and `drain` may not be in force. */
  config(): AppConfig;
  /** Calls a function with the config of each later load that succeeds. */
  onLoad(listener: (config: AppConfig) => void): void;
  /** The tokens in force. A reload changes the list. */
  readonly tokens: AppConfig['tokens'];
  /** The problems of the newest files, where they could not be loaded at all. */
  failure(): readonly Problem[];
};

/** Creates what loads the files of a running server again. `started`: the config of the start. */
export function createReloads(deps: ReloadsDeps, started: AppConfig): Reloads {
  const tokens = [...started.tokens];
  let config = started;
  let failure: readonly Problem[] = [];
  const listeners: ((config: AppConfig) => void)[] = [];
  let last: Promise<unknown> = Promise.resolve();

  async function reload(by: string, isExplicit: boolean): Promise<ReloadReport> {
    const { book, log } = deps;
    try {
      const files = deps.load();
      assertTokensStay(files.config, started);
      const loaded = await book.load(files, { by, isExplicit: isExplicit || deps.isOnlyOwner });
      deps.replaceInstances(files.config);
      await deps.afterLoad();
      const changes = [...bookChanges(loaded.before, loaded.book), ...configChanges(config, files.config)];
      tokens.splice(0, tokens.length, ...files.config.tokens);
      config = files.config;
      for (const listener of listeners) listener(config);
      failure = [];
      const { outcome, refused } = loaded;
      const report = { version: loaded.book.version, outcome, changes, refused, needsRestart: restartKeys(started, config) };
      logReport(log, by, report);
      return report;
    } catch (error) {
      if (error instanceof ConfigError) {
        failure = error.problems;
        log.error({ by, problems: failure.map(formatProblem) }, 'the files were not loaded; what was loaded before stays in force');
      } else log.error({ by, err: error }, 'the files could not be loaded; what was loaded before stays in force');
      throw error;
    }
  }

  async function recorded(by: string, { isExplicit, origin = byServer(by) }: ReloadOptions): Promise<ReloadReport> {
    const entry = (detail: string) => changeEntry(null, { origin, by, at: deps.now(), verb: 'reload', detail });
    try {
      const report = await reload(by, isExplicit);
      const { version, outcome, changes } = report;
      // A watch that found nothing new has done nothing.
      if (isExplicit || changes.length > 0) await deps.record(entry([`rule book ${version}, ${outcome}`, ...changes].join('; ')));
      return report;
    } catch (error) {
      const why = error instanceof ConfigError ? `the files have ${error.problems.length} problems` : 'the files could not be loaded';
      await deps.record({ ...entry(why), outcome: 'failed' });
      throw error;
    }
  }

  return {
    reload(by, options) {
      const turn = last.then(() => recorded(by, options));
      last = turn.catch(() => undefined);
      return turn;
    },
    config: () => config,
    onLoad: (listener) => void listeners.push(listener),
    tokens,
    failure: () => failure,
  };
}

/** Without tokens, pipelines and sign-in, each caller that reaches the port may do everything. So the last of them stays where the port is open to other machines. */
function assertTokensStay(loaded: AppConfig, started: AppConfig): void {
  const hasCallers = ({ tokens, pipelines, signIn }: AppConfig) => tokens.length + pipelines.length > 0 || signIn !== null;
  if (hasCallers(loaded) || !hasCallers(started)) return;
  const { server } = started;
  const message = `the server listens on ${server.host}, and started with tokens or a sign-in`;
  const hint = 'keep a token or `sign_in`, or restart the server';
  throw new ConfigError([{ file: 'config', line: 1, column: 1, path: 'tokens', message, hint }]);
}

function logReport(log: Log, by: string, { version, outcome, changes, refused, needsRestart }: ReloadReport): void {
  const problems = refused.flatMap((file) => file.problems.map(formatProblem));
  const found = {
    by,
    version,
    outcome,
    changes,
    ...(problems.length > 0 && { problems }),
    ...(needsRestart.length > 0 && { needsRestart }),
  };
  if (problems.length > 0) log.error(found, 'files loaded, without the rule files that have problems');
  else if (outcome === 'older') log.warn(found, 'files loaded, but the rule book has newer rules');
  else if (changes.length > 0 || needsRestart.length > 0) log.info(found, 'files loaded');
  else log.debug(found, 'files loaded; nothing has changed');
}

function configChanges(before: AppConfig, after: AppConfig): readonly string[] {
  const named = (config: AppConfig): ReadonlyMap<string, unknown> =>
    new Map<string, unknown>([
      ['server.tls', [config.server.tls?.cert, config.server.tls?.key.reveal()]],
      ['sign_in', [config.signIn, config.signIn?.oidc?.clientSecret?.reveal()]],
      ...config.pipelines.map((one) => [`pipeline ${one.name}`, { ...one, claims: [...one.claims] }] as const),
      ...config.tokens.map((token) => [`token ${token.name}`, token] as const),
      ...[...config.providers].map(([name, { type, options }]) => [`provider ${name}`, [type, options.reveal()]] as const),
      ...[...config.hooks].map(([name, { type, options }]) => [`hook ${name}`, [type, options.reveal()]] as const),
      ...[...config.traffic].map(([name, { type, options }]) => [`traffic ${name}`, [type, options.reveal()]] as const),
      ...[...config.notifiers].map(([name, { type, options, rules }]) => [`notifier ${name}`, [type, options.reveal(), rules]] as const),
    ]);
  return namedChanges(named(before), named(after));
}

function restartKeys(started: AppConfig, now: AppConfig): readonly string[] {
  const named = ({ server, database, dataDir, drainMs, policy }: AppConfig): ReadonlyMap<string, unknown> =>
    new Map<string, unknown>([
      // A new certificate is used at once; whether there is one is decided at the start.
      ['server', { ...server, tls: server.tls !== null }],
      ['database', [database.url?.reveal(), database.keepMs]],
      ['data_dir', dataDir],
      ['drain', drainMs],
      ['policy.drill.every', policy.drill.everyMs],
    ]);
  return namedChanges(named(started), named(now)).map((change) => change.slice(0, change.lastIndexOf(':')));
}
