import type { Log } from '../../src/core/base/log.ts';
import type { Meter } from '../../src/core/base/meter.ts';

/** Counts nothing. */
export const silentMeter: Meter = {
  measured() {},
  providerAsked() {},
  questionSkipped() {},
  passFinished() {},
  attempted() {},
  gaveUp() {},
  stateEntered() {},
  decided() {},
  rolledBack() {},
  drilled() {},
  alertsDropped() {},
  requestAnswered() {},
  pruned() {},
};

export type Told = { readonly level: keyof Log; readonly message: string; readonly fields: Readonly<Record<string, unknown>> };

/** Keeps what is logged. */
export function createFakeLog(): { readonly log: Log; readonly lines: readonly Told[] } {
  const lines: Told[] = [];
  const at = (level: keyof Log) => (fields: Readonly<Record<string, unknown>>, message: string) =>
    void lines.push({ level, message, fields });
  return { lines, log: { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') } };
}
