import type { TicksKind } from './ticks.ts';

/**
 * How the numbers of a check are shown to people. `value`: the unit of what is measured, as `formatValue` reads it; of a rate, the unit of one event
 * ("orders"). `samples`: what `min_samples` counts, in the plural ("requests"). `bound`: the unit of a histogram's bounds.
 */
export type CheckUnit = { readonly value: string; readonly samples: string; readonly bound: string };

const secondsIn: Readonly<Record<string, number>> = { milliseconds: 1e-3, microseconds: 1e-6, nanoseconds: 1e-9 };

/** A duration in the unit of a histogram's bounds: seconds, unless the rule or the name of the metric says another unit of time. */
export function inUnitOfBounds(ms: number, unit: Pick<CheckUnit, 'bound'> | undefined): number {
  const size = secondsIn[unit?.bound ?? ''];
  // Powers of ten are divided exactly, so that 300 ms stays 300 and becomes 0.3.
  return size === undefined ? ms / 1_000 : ms * Math.round(1e-3 / size);
}

/** A bound of a histogram as a duration in milliseconds. */
export function boundInMs(bound: number, unit: Pick<CheckUnit, 'bound'> | undefined): number {
  const size = secondsIn[unit?.bound ?? ''];
  return size === undefined ? bound * 1_000 : bound / Math.round(1e-3 / size);
}

/** The unit of a check whose rule says nothing, and whose query allows no guess. */
export function defaultUnit(kind: TicksKind): CheckUnit {
  switch (kind) {
    case 'ratio':
    case 'latency':
      return { value: 'share', samples: 'requests', bound: 'seconds' };
    case 'rate':
      return { value: 'events', samples: 'readings', bound: '' };
    case 'value':
      return { value: '', samples: 'readings', bound: '' };
  }
}
