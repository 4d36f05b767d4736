import type { Log } from '../core/base/log.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';
import type { Clock } from '../ports/clock.ts';
import type { AppConfig, AppFiles } from './app-config.ts';
import type { FileSource } from './file-source.ts';

/** The adapters whose calls change something, and the handlers that make them. */
export type WrappedPort = 'store' | 'effects' | 'passes' | 'hook' | 'shift hook' | 'notifier';

/** Puts something between the server and one of its adapters, which gets every call. */
export type PortWrapper = <Port extends object>(kind: WrappedPort, port: Port) => Port;

/** What the server is started with. */
export type AppInput = {
  readonly config: AppConfig;
  readonly ruleSets: ReadonlyMap<string, RuleSet>;
  /** The files behind `config` and `ruleSets`, and where they are read again. Missing: there is nothing to reload. */
  readonly files?: { readonly first: AppFiles; readonly source: FileSource } | undefined;
  /** Wins over the config's database; `null`: as the config says. */
  readonly databaseUrl: string | null;
  readonly log: Log;
  /** The variables of the environment. The helpers of the embedded database are searched in `PATH`; hooks get the few that a program needs. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock | undefined;
  /** Ends a start that waits for the database, and how long it waits. */
  readonly stopping?: AbortSignal | undefined;
  readonly databaseWaitMs?: number | undefined;
  /** For tests that end the server at a certain call. */
  readonly wrap?: PortWrapper | undefined;
};
