import { AppError, ProviderError } from '../core/base/errors.ts';
import { floorTo } from '../core/base/window.ts';
import { type AlertMatch, describeAlerts } from '../core/rules/alert.ts';
import { placeholdersIn, renderText } from '../core/rules/render-query.ts';
import type { CheckRule, RuleSet } from '../core/rules/rule-set.ts';
import type { AlertAnswer } from '../core/series/alerts.ts';
import type { MetricsProvider } from '../ports/provider.ts';
import type { Finding } from './check-facts.ts';
import type { CheckInspection } from './check-inspection.ts';

type AlertDeps = { readonly provider: MetricsProvider; readonly now: () => number };
type AlertCheck = { readonly ruleSet: RuleSet; readonly rule: CheckRule; readonly match: AlertMatch };

/** Placeholders of a release. The next deploy has other values. */
const openNames: readonly string[] = ['version', 'commit', 'known_good'];

/**
 * Asks for the alerts of a check as they are now: whether a rule makes them, and whether some are active already, which would leave the next deploy
 * undecided. Labels with a placeholder of a release are left out of the question.
 */
export async function inspectAlerts({ provider, now }: AlertDeps, asked: AlertCheck, signal: AbortSignal): Promise<CheckInspection> {
  const { ruleSet, rule } = asked;
  const base = { check: rule.name, isAsked: true, failures: [], findings: [] };
  const values = { service: ruleSet.service, environment: ruleSet.environment };
  const isOpen = (name: string) => name === 'service' && ruleSet.pattern !== undefined;
  if (Object.values(asked.match).some((value) => placeholdersIn(value).some(isOpen)))
    return { ...base, isAsked: false, line: `${rule.name}: not asked, because it depends on the service` };
  if (provider.whyUnaskable !== undefined) return { ...base, isAsked: false, line: `${rule.name}: not asked: ${provider.whyUnaskable}` };
  try {
    const known = Object.entries(asked.match).filter(([, value]) => !placeholdersIn(value).some((name) => openNames.includes(name)));
    const match = Object.fromEntries(known.map(([label, value]) => [label, renderText(value, values)]));
    if (known.length === 0) return { ...base, isAsked: false, line: `${rule.name}: not asked, because every label depends on the release` };
    const stepMs = ruleSet.bake.everyMs;
    const to = floorTo(now(), stepMs);
    const window = { from: to - stepMs, to, stepMs };
    const answer = await provider.fetchSeries({ form: 'alert', query: describeAlerts(match), match, window, lookbackMs: 0 }, signal);
    if (answer.shape !== 'alerts') throw new ProviderError('bad_query', `${rule.provider} knows no alerts`);
    return { ...base, line: `${rule.name}: ${lineOf(answer, match)}`, findings: findingsOf(rule, answer) };
  } catch (error) {
    if (!(error instanceof ProviderError) && !(error instanceof AppError)) throw error;
    const line = `${rule.name}: alerts were not answered`;
    if (error instanceof ProviderError && error.kind !== 'bad_query')
      return { ...base, line, failures: [`${rule.name}: ${error.message}`] };
    return { ...base, line, findings: [{ ...place(rule), severity: 'error', message: `the server refuses \`alert\`: ${error.message}` }] };
  }
}

function lineOf({ alerts }: AlertAnswer, match: AlertMatch): string {
  const active = alerts.filter(({ endedAt }) => endedAt === null);
  const firing = active.filter(({ firingAt }) => firingAt !== null).length;
  return `${describeAlerts(match)}: ${firing} firing, ${active.length - firing} pending`;
}

function findingsOf(rule: CheckRule, { alerts, unknown }: AlertAnswer): readonly Finding[] {
  if (unknown !== null) return [{ ...place(rule), severity: 'error', message: unknown }];
  const active = alerts.filter(({ endedAt, muted }) => endedAt === null && muted === null);
  return [...new Set(active.map(({ name }) => name))].map((name) => ({
    ...place(rule),
    severity: 'warning',
    message: `${name} is active now: as long as it is, this check cannot say anything about a deploy`,
  }));
}

function place(rule: CheckRule): Pick<Finding, 'check' | 'source'> {
  return { check: rule.name, source: 'alert' };
}
