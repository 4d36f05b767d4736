import { z } from 'zod';
import { Damping, RuleName } from '../core/rules/written-values.ts';

const maxLabels = 20;

/** The label of an alert. Prometheus allows letters, digits and `_`; other vendors have tags with more. */
const LabelName = z.string().regex(/^[A-Za-z_][\w.:/-]{0,99}$/, 'is not the name of a label');

/** `alert` of a check as people write it. */
export const AlertSection = z
  .strictObject({
    provider: RuleName.optional().describe("The provider that is asked: a name under `providers` in the operator's config."),
    match: z
      .record(LabelName, z.string().min(1, 'must not be empty').max(1_000))
      .refine((labels) => Object.keys(labels).length > 0, 'must name at least one label')
      .refine((labels) => Object.keys(labels).length <= maxLabels, `must not name more than ${maxLabels} labels`)
      .describe(
        'The labels of the alerts, with exact values, such as `{ alertname: HighErrorRate, service: $service }`. An alert must have all of them.',
      ),
    for: Damping.optional().describe(
      'Flap damping: in how many of the last ticks a new alert must fire, such as `2 of 3`. Default: 1 of 1.',
    ),
  })
  .describe(
    'Asks whether alerts fire, instead of reading a metric. An alert that becomes active after the deploy and fires fails the check.',
  );
