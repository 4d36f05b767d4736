import type { ProviderDeps } from '../../providers/deps.ts';
import type { HookDeps } from '../hooks/deps.ts';
import type { NotifierDeps } from '../notifiers/deps.ts';
import type { RollbackHook } from '../ports/hook.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { MetricsProvider } from '../ports/provider.ts';
import type { ShiftHook } from '../ports/shift-hook.ts';
import type { Config } from '../rules/config.ts';
import type { LoadedFiles } from '../rules/load-files.ts';

/** The parsed config. Each plug-in instance is a function that creates it from its dependencies. */
export type AppConfig = Config<
  (deps: ProviderDeps) => MetricsProvider,
  (deps: HookDeps) => RollbackHook,
  (deps: HookDeps) => ShiftHook,
  (deps: NotifierDeps) => Notifier
>;

/** The config and the rule files of a server, as they were read. */
export type AppFiles = LoadedFiles<
  (deps: ProviderDeps) => MetricsProvider,
  (deps: HookDeps) => RollbackHook,
  (deps: HookDeps) => ShiftHook,
  (deps: NotifierDeps) => Notifier
>;
