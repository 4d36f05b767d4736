import type { TicksKind } from './ticks.ts';

/**
 * How the numbers of a check are shown to people. `value`: the unit of what is measured, as `formatValue` reads it; of a rate, the unit of one event
 * ("orders"). `samples`: what `min_samples` counts, in the plural ("requests"). `bound`: the unit of a histogram's bounds.
 */
export type CheckUnit = { readonly value: string; readonly samples: string; readonly bound: string };

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
