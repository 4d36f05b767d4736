import { z } from 'zod';
import type { AlertMatch } from '../../src/core/rules/alert.ts';
import { badResponse } from '../refusal.ts';

const Texts = z.record(z.string(), z.string());
const ActiveAlert = z.object({
  labels: Texts,
  annotations: Texts.optional(),
  state: z.string().optional(),
  activeAt: z.string().optional(),
});
const AlertingRule = z.object({
  type: z.literal('alerting'),
  name: z.string(),
  duration: z.number().default(0),
  labels: Texts.default({}),
  health: z.string().default('ok'),
  lastError: z.string().default(''),
  alerts: z
    .array(ActiveAlert)
    .nullish()
    .transform((alerts) => alerts ?? []),
});
const Reply = z.object({ groups: z.array(z.object({ rules: z.array(z.unknown()) })) });

/** An alerting rule as the server knows it: for how many seconds its condition must hold, whether it can be evaluated, and its active alerts. */
export type AlertingRule = z.output<typeof AlertingRule>;

/** Parses the data of `/api/v1/rules`. Recording rules are left out. Throws `ProviderError` (`bad_response`). */
export function parseAlertingRules(data: unknown): readonly AlertingRule[] {
  const reply = Reply.safeParse(data);
  if (!reply.success) throw badResponse('Prometheus', 'it holds no groups of rules');
  return reply.data.groups.flatMap(({ rules }) =>
    rules.flatMap((one) => {
      const rule = AlertingRule.safeParse(one);
      return rule.success ? [rule.data] : [];
    }),
  );
}

/**
 * The rules whose alerts may have the labels of a match. A label that a rule does not set, or sets by a template, may come from its series. `sure`: the match
 * names the rule, or the rule sets all of the labels.
 */
export function rulesFor(
  match: AlertMatch,
  rules: readonly AlertingRule[],
): readonly { readonly rule: AlertingRule; readonly isSure: boolean }[] {
  const { alertname, ...labels } = match;
  return rules.flatMap((rule) => {
    if (alertname !== undefined && rule.name !== alertname) return [];
    const own = Object.entries(labels).map(([label, value]) => {
      const set = rule.labels[label];
      return set === undefined || set.includes('{{') ? 'open' : set === value ? 'same' : 'other';
    });
    if (own.includes('other')) return [];
    return [{ rule, isSure: alertname !== undefined || own.every((one) => one === 'same') }];
  });
}
