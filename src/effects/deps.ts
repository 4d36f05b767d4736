import type { Log } from '../core/base/log.ts';
import type { Meter } from '../core/base/meter.ts';
import type { Window } from '../core/base/window.ts';
import type { DeliveryRules } from '../core/notify/route.ts';
import type { CheckRule } from '../core/rules/rule-set.ts';
import type { Ticks } from '../core/series/ticks.ts';
import type { ActLinkStore } from '../ports/act-link-store.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { BakeStore, DeployRecord } from '../ports/bake-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeliveryStore } from '../ports/delivery-store.ts';
import type { DeployCatalog } from '../ports/deploy-catalog.ts';
import type { RollbackHook } from '../ports/hook.ts';
import type { MeasurementStore } from '../ports/measurement-store.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { ProcessTable } from '../ports/process-table.ts';
import type { ShiftHook } from '../ports/shift-hook.ts';

/** A hook instance as the operator defined it. */
export type HookInstance = { readonly hook: RollbackHook; readonly type: string };

export type ShiftHookInstance = { readonly hook: ShiftHook; readonly type: string };

export type NotifierInstance = { readonly notifier: Notifier; readonly type: string; readonly rules: DeliveryRules };

export type DispatchDeps = {
  readonly store: BakeStore & DeployCatalog & MeasurementStore & AuditLog & DeliveryStore & ActLinkStore;
  readonly hooks: ReadonlyMap<string, HookInstance>;
  readonly shiftHooks: ReadonlyMap<string, ShiftHookInstance>;
  readonly notifiers: ReadonlyMap<string, NotifierInstance>;
  /** Asks a check of any deploy about a window of the past, all instances together. Throws `ProviderError`. Missing: no neighbor is asked. */
  readonly askPast?: ((record: DeployRecord, rule: CheckRule, window: Window, signal: AbortSignal) => Promise<Ticks>) | undefined;
  /** The processes of this machine. Missing: nothing is known of them, so an attempt without an end counts as running until its deadline. */
  readonly processes?: ProcessTable | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  /** The address at which people reach this server, or `null`. */
  readonly publicUrl: string | null;
};
