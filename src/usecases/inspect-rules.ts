import { AppError, ProviderError } from '../core/base/errors.ts';
import { type InspectionScope, inspectionQuery } from '../core/rules/inspection-query.ts';
import { placeholdersIn } from '../core/rules/render-query.ts';
import type { CheckRule, RuleSet } from '../core/rules/rule-set.ts';
import { type NamedSource, sourcesOf, textOf } from '../core/rules/sources.ts';
import { anyValue } from '../core/series/inspection.ts';
import type { MetricsProvider } from '../ports/provider.ts';
import type { Providers } from '../ports/providers.ts';
import type { CheckFacts, ControlFacts, Finding, SourceFacts } from './check-facts.ts';
import type { CheckInspection } from './check-inspection.ts';
import { findingsOf } from './findings.ts';
import { inspectAlerts } from './inspect-alerts.ts';

/** What a look at the queries of a rule set found. */
export type RulesInspection = {
  readonly checks: readonly CheckInspection[];
  /** One line for each check that was asked: "errors: bad matches 3 series, total 12". */
  readonly lines: readonly string[];
  readonly findings: readonly Finding[];
  /** Why a query could not be asked. It says nothing about the rules. */
  readonly failures: readonly string[];
  /** What a close look could not see, because a server cannot say it. */
  readonly unknown: readonly string[];
};

/** `isDetailed`: a close look, which also asks for types, traffic and the matchers of a control, and takes a few requests more. */
type InspectDeps = { readonly providers: Providers; readonly now: () => number; readonly isDetailed?: boolean };

/** Asks the providers for each query of each check of a rule set: which series exist, now and in its past. */
export async function inspectRules(deps: InspectDeps, ruleSet: RuleSet, signal: AbortSignal): Promise<RulesInspection> {
  const results = await Promise.all(ruleSet.checks.map((rule) => inspectCheck(deps, { ruleSet, rule }, signal)));
  return {
    checks: results,
    lines: results.map(({ line }) => line),
    findings: withoutRepetition(results.flatMap(({ findings }) => findings)),
    failures: results.flatMap(({ failures }) => failures),
    unknown: [...new Set(results.flatMap(({ unknown }) => unknown ?? []))],
  };
}

/** The matchers of a control are wrong for every check in the same way. */
function withoutRepetition(findings: readonly Finding[]): readonly Finding[] {
  const isOfControl = ({ source }: Finding) => source === 'canary' || source === 'stable';
  return findings.filter((one, i) => !isOfControl(one) || findings.findIndex(({ source }) => source === one.source) === i);
}

type CheckOfRules = { readonly ruleSet: RuleSet; readonly rule: CheckRule };

async function inspectCheck(
  { providers, now, isDetailed = false }: InspectDeps,
  { ruleSet, rule }: CheckOfRules,
  signal: AbortSignal,
): Promise<CheckInspection> {
  const provider = providers.get(rule.provider)?.provider;
  if ('probe' in rule.question) return { check: rule.name, isAsked: false, line: `${rule.name}: a probe, not asked`, ...nothing };
  if ('alert' in rule.question && provider !== undefined)
    return await inspectAlerts({ provider, now }, { ruleSet, rule, match: rule.question.alert }, signal);
  if (provider?.inspect === undefined) {
    const line = `${rule.name}: not asked, because ${rule.provider} cannot say which series exist`;
    return { check: rule.name, isAsked: false, line, ...nothing };
  }
  const to = now();
  const lookedMs = ruleSet.baseline.historyMs;
  const window = { from: to - lookedMs, to, stepMs: ruleSet.bake.everyMs };
  const service = ruleSet.pattern === undefined ? ruleSet.service : anyValue;
  const values = { service, environment: ruleSet.environment };
  const asked = await Promise.all(
    sourcesOf(rule.question).map((source) =>
      inspectSource(provider, { source, isDetailed, scope: { values, matchers: '', window } }, signal),
    ),
  );
  const sources = asked.map(({ facts }) => facts);
  const failures = asked.flatMap(({ failure }) => (failure === null ? [] : [`${rule.name}: ${failure}`]));
  const control = isDetailed
    ? await inspectControl(provider, { ruleSet, rule, sources, scope: { values, matchers: '', window } }, signal)
    : [];
  const unknown = sources.flatMap(({ inspection }) => inspection?.details?.unknown ?? []);
  // What many services have together says nothing about the traffic of one.
  const bake = ruleSet.pattern === undefined ? { bakeMs: ruleSet.bake.forMs } : {};
  const facts: CheckFacts = { sources, lookedMs, hasControl: ruleSet.control !== null, control, ...bake };
  return {
    check: rule.name,
    isAsked: true,
    line: lineOf(rule, sources),
    findings: failures.length > 0 ? [] : findingsOf(rule, facts),
    failures,
    unknown,
  };
}

const nothing = { findings: [], failures: [], unknown: [] };

type ControlRequest = CheckOfRules & { readonly sources: readonly SourceFacts[]; readonly scope: InspectionScope };

/** Asks for one source of a check with the matchers of each side of the control. It must have series: errors may be missing. */
async function inspectControl(
  provider: MetricsProvider,
  { ruleSet: { control }, rule, sources, scope }: ControlRequest,
  signal: AbortSignal,
): Promise<readonly ControlFacts[]> {
  const source = sourcesOf(rule.question).findLast(({ name }) => name !== 'bad');
  const base = sources.find(({ name }) => name === source?.name)?.inspection;
  if (control === null || source === undefined || !base) return [];
  const sides = [{ side: 'canary', matchers: control.canary } as const, { side: 'stable', matchers: control.stable } as const];
  const facts = sides.map(async ({ side, matchers }): Promise<readonly ControlFacts[]> => {
    const asked = await inspectSource(provider, { source, isDetailed: false, scope: { ...scope, matchers } }, signal);
    const { inspection } = asked.facts;
    return inspection === null ? [] : [{ side, source: source.name, matchers, inspection, base }];
  });
  return (await Promise.all(facts)).flat();
}

type SourceRequest = { readonly source: NamedSource; readonly isDetailed: boolean; readonly scope: InspectionScope };
type SourceAnswer = { readonly facts: SourceFacts; readonly failure: string | null };

async function inspectSource(
  provider: MetricsProvider,
  { source, isDetailed, scope }: SourceRequest,
  signal: AbortSignal,
): Promise<SourceAnswer> {
  const { name } = source;
  try {
    const inspection = (await provider.inspect?.({ ...inspectionQuery(source.source, scope), isDetailed }, signal)) ?? null;
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
