import type { ProviderDeps } from '../../providers/deps.ts';
import type { HookDeps } from '../hooks/deps.ts';
import type { NotifierDeps } from '../notifiers/deps.ts';
import type { RollbackHook } from '../ports/hook.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { MetricsProvider } from '../ports/provider.ts';
import type { ShiftHook } from '../ports/shift-hook.ts';
import type { Config } from '../rules/config.ts';

/** The parsed config. Each plug-in instance is a function that creates it from its dependencies. */
export type AppConfig = Config<
  (deps: ProviderDeps) => MetricsProvider,
  (deps: HookDeps) => RollbackHook,
  (deps: HookDeps) => ShiftHook,
  (deps: NotifierDeps) => Notifier
>;
