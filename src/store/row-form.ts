import type { Measurement } from '../core/judge/measurement.ts';
import type { RuleSet } from '../core/rules/rule-set.ts';
import type { Stretch } from '../core/series/ticks.ts';
import { packMeasurement } from './pack-measurement.ts';
import { packStretch } from './pack-stretch.ts';

/** How measurements and pasts are written. Every server from version 0.2 on reads both forms. */
export type RowForm = {
  readonly measurement: (measurement: Measurement, ruleSet: RuleSet) => object;
  readonly stretch: (stretch: Stretch | null) => object | null;
};

/** Half of the bytes. */
export const compactRows: RowForm = { measurement: packMeasurement, stretch: packStretch };

/** What a server of version 0.1 reads as well. */
export const plainRows: RowForm = { measurement: (measurement) => measurement, stretch: (stretch) => stretch };
