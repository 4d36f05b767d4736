import { formatDuration } from '../core/base/duration.ts';
import type { Providers } from '../ports/providers.ts';
import type { DatabaseClock } from './database-clock.ts';

/** How far each other clock is ahead of the server's time, in milliseconds; negative: behind. Keys: `process`, `database`, `provider:NAME`. */
export type ClockSkews = ReadonlyMap<string, number>;

/** A difference up to this is normal: clocks that are set over the network differ by less. */
const maxSkewMs = 5_000;

/** Reads the differences between the clocks. A provider whose server has not said its time is missing, and a difference within the uncertainty is 0. */
export function readClockSkews(clock: Pick<DatabaseClock, 'now' | 'skewMs' | 'aheadMs'>, providers: Providers): ClockSkews {
  const skews = new Map([
    ['process', clock.skewMs()],
    ['database', 0 - clock.aheadMs()],
  ]);
  for (const [name, instance] of providers) {
    const shown = instance.clock?.now() ?? null;
    const now = clock.now();
    if (shown !== null) skews.set(`provider:${name}`, now > shown.latest ? shown.latest - now : Math.max(0, shown.earliest - now));
  }
  return skews;
}

/** Which clocks disagree with the database's by more than 5 s, in words, and what that means. Verdicts stay right: each clock has its remedy. */
export function skewWarnings(skews: ClockSkews): readonly string[] {
  return [...skews].filter(([, ms]) => Math.abs(ms) > maxSkewMs).map(([of, ms]) => warning(of, ms));
}

function warning(of: string, ms: number): string {
  const length = formatDuration(Math.round(Math.abs(ms) / 1_000) * 1_000);
  const far = `${length} ${ms > 0 ? 'ahead of' : 'behind'} the database's`;
  if (of === 'process') return `the clock of the server's machine is ${far}; bakes go by the database's`;
  if (of === 'database')
    return `the clock of the database was set back; until it catches up by ${length}, the server's time runs at half speed`;
  const what = ms > 0 ? 'a bake may judge data from before its deploy' : 'its ticks are asked for later';
  return `the clock of the provider ${of.replace('provider:', '')} is ${far}; ${what}`;
}
