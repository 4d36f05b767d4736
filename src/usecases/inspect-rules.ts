import { AppError, ProviderError } from '../core/base/errors.ts';
import { inspectionQuery } from '../core/rules/inspection-query.ts';
import { placeholdersIn } from '../core/rules/render-query.ts';
import type { CheckRule, RuleSet } from '../core/rules/rule-set.ts';
import { type NamedSource, sourcesOf, textOf } from '../core/rules/sources.ts';
import { anyValue } from '../core/series/inspection.ts';
import type { MetricsProvider } from '../ports/provider.ts';
import type { Providers } from '../ports/providers.ts';
import type { CheckInspection } from './check-inspection.ts';
import { type CheckFacts, type Finding, findingsOf, type SourceFacts } from './findings.ts';
import { inspectAlerts } from './inspect-alerts.ts';

/** What a look at the queries of a rule set found. */
export type RulesInspection = {
  readonly checks: readonly CheckInspection[];
  /** One line for each check that was asked: "errors: bad matches 3 series, total 12". */
  readonly lines: readonly string[];
  readonly findings: readonly Finding[];
  /** Why a query could not be asked. It says nothing about the rules. */
  readonly failures: readonly string[];
};

type InspectDeps = { readonly providers: Providers; readonly now: () => number };

/** Asks the providers for each query of each check of a rule set: which series exist, now and in its past. */
export async function inspectRules(deps: InspectDeps, ruleSet: RuleSet, signal: AbortSignal): Promise<RulesInspection> {
  const results = await Promise.all(ruleSet.checks.map((rule) => inspectCheck(deps, { ruleSet, rule }, signal)));
  return {
    checks: results,
    lines: results.map(({ line }) => line),
    findings: results.flatMap(({ findings }) => findings),
    failures: results.flatMap(({ failures }) => failures),
  };
}

type CheckOfRules = { readonly ruleSet: RuleSet; readonly rule: CheckRule };

async function inspectCheck(
  { providers, now }: InspectDeps,
  { ruleSet, rule }: CheckOfRules,
  signal: AbortSignal,
): Promise<CheckInspection> {
  const provider = providers.get(rule.provider)?.provider;
  if ('probe' in rule.question)
    return { check: rule.name, isAsked: false, line: `${rule.name}: a probe, not asked`, findings: [], failures: [] };
  if ('alert' in rule.question && provider !== undefined)
    return await inspectAlerts({ provider, now }, { ruleSet, rule, match: rule.question.alert }, signal);
  if (provider?.inspect === undefined) {
    const line = `${rule.name}: not asked, because ${rule.provider} cannot say which series exist`;
    return { check: rule.name, isAsked: false, line, findings: [], failures: [] };
  }
  const to = now();
  const lookedMs = ruleSet.baseline.historyMs;
  const window = { from: to - lookedMs, to, stepMs: ruleSet.bake.everyMs };
  const service = ruleSet.pattern === undefined ? ruleSet.service : anyValue;
  const values = { service, environment: ruleSet.environment };
  const asked = await Promise.all(
    sourcesOf(rule.question).map((source) => inspectSource(provider, { source, scope: { values, matchers: '', window } }, signal)),
  );
  const sources = asked.map(({ facts }) => facts);
  const failures = asked.flatMap(({ failure }) => (failure === null ? [] : [`${rule.name}: ${failure}`]));
  const facts: CheckFacts = { sources, lookedMs, hasControl: ruleSet.control !== null };
  return {
    check: rule.name,
    isAsked: true,
    line: lineOf(rule, sources),
    findings: failures.length > 0 ? [] : findingsOf(rule, facts),
    failures,
  };
}

type SourceRequest = { readonly source: NamedSource; readonly scope: Parameters<typeof inspectionQuery>[1] };
type SourceAnswer = { readonly facts: SourceFacts; readonly failure: string | null };

async function inspectSource(provider: MetricsProvider, { source, scope }: SourceRequest, signal: AbortSignal): Promise<SourceAnswer> {
  const { name } = source;
  try {
    const inspection = (await provider.inspect?.(inspectionQuery(source.source, scope), signal)) ?? null;
    return { facts: { name, inspection, refusal: null }, failure: null };
  } catch (error) {
    if (!(error instanceof ProviderError) && !(error instanceof AppError)) throw error;
    const isRefusal = error instanceof AppError || error.kind === 'bad_query';
    const facts = { name, inspection: null, refusal: isRefusal ? error.message : null };
    return { facts, failure: isRefusal ? null : error.message };
  }
}

/** The placeholders that a look leaves open. */
const openNames: readonly string[] = ['version', 'commit', 'known_good'];

function lineOf(rule: CheckRule, sources: readonly SourceFacts[]): string {
  const parts = sources.map(({ name, inspection }, i) => {
    if (inspection === null) return `${name} was not answered`;
    const { selector, series, now, isCut } = inspection;
    const count = `${selector === null ? now : series.length}${isCut ? ' or more' : ''}`;
    return `${name} ${selector === null ? 'returns' : i === 0 ? 'matches' : ''} ${count}${i === 0 ? ' series' : ''}`.replaceAll(/ +/g, ' ');
  });
  const open = new Set(
    sourcesOf(rule.question)
      .flatMap(({ source }) => placeholdersIn(textOf(source)))
      .filter((name) => openNames.includes(name)),
  );
  const note = open.size === 0 ? '' : ` (asked for any ${[...open].map((name) => `$${name}`).join(' and ')})`;
  return `${rule.name}: ${parts.join(', ')}${note}`;
}
