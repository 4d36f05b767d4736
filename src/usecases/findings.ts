import { nearest } from '../core/base/did-you-mean.ts';
import { formatDuration } from '../core/base/duration.ts';
import { boundFor } from '../core/judge/readings.ts';
import { describeUnmatched, explainMissing, listed } from '../core/judge/source-sightings.ts';
import type { CheckRule } from '../core/rules/rule-set.ts';
import { unitOf } from '../core/rules/unit-of.ts';
import type { Labels } from '../core/series/answer.ts';
import { boundInMs, type CheckUnit, inUnitOfBounds } from '../core/series/check-unit.ts';
import type { Inspection } from '../core/series/inspection.ts';
import type { CheckFacts, Finding, SourceFacts, SourceFinding } from './check-facts.ts';
import { controlFindings, trafficFindings, typeFindings } from './detail-findings.ts';

/** Everything that is wrong with the queries of a check, as the facts show it. Pure. */
export function findingsOf(rule: CheckRule, facts: CheckFacts): readonly Finding[] {
  const more = [...trafficFindings(rule, facts), ...controlFindings(facts.control ?? [])];
  return [...facts.sources.flatMap((source) => sourceFindings(rule, source, facts)), ...more.map((one) => ({ ...one, check: rule.name }))];
}

function sourceFindings(rule: CheckRule, { name, inspection, refusal }: SourceFacts, facts: CheckFacts): readonly Finding[] {
  if (refusal !== null)
    return [{ severity: 'error', check: rule.name, source: name, message: `the server refuses \`${name}\`: ${refusal}` }];
  if (inspection === null) return [];
  const found =
    inspection.series.length === 0 ? nothingFound(rule, { name, inspection }, facts) : oddities(rule, { name, inspection }, facts);
  return found.map((one) => ({ ...one, check: rule.name, source: name }));
}

type InspectedSource = { readonly name: string; readonly inspection: Inspection };

/** A source that matched nothing. Errors may never have happened; everything else must be there. */
function nothingFound(rule: CheckRule, { name, inspection }: InspectedSource, { sources, lookedMs }: CheckFacts): readonly SourceFinding[] {
  const sibling = sources.find((one) => one.name !== name && (one.inspection?.series.length ?? 0) > 0);
  const isEvent = name === 'bad' || name === 'count';
  if (isEvent && rule.neverSeen === 'ok') return [];
  if (isEvent && sibling !== undefined) {
    const unmatched = { source: name, sibling: sibling.name, lookedMs, own: inspection, siblings: sibling.inspection };
    const { isMistake } = explainMissing(inspection, sibling.inspection);
    return [{ severity: isMistake ? 'error' : 'warning', message: `unproven: ${describeUnmatched(unmatched)}` }];
  }
  const what = inspection.selector === null ? 'returns nothing' : 'matches no series';
  const { words } = explainMissing(inspection, null);
  const near = inspection.selector && nearest(inspection.selector.metric, inspection.metrics);
  const hint = near ? `did you mean \`${near}\`?` : '';
  const message = [`\`${name}\` ${what}, now or in the last ${formatDuration(lookedMs)}`, words, hint].filter(Boolean).join('; ');
  return [{ severity: name === 'count' && sources.length === 1 ? 'warning' : 'error', message }];
}

/** What is odd about a source that matched. */
function oddities(rule: CheckRule, source: InspectedSource, facts: CheckFacts): readonly SourceFinding[] {
  const { details } = source.inspection;
  return [
    ...stopped(source, facts),
    ...notInTotal(source, facts),
    ...tooMany(source, facts),
    ...otherBounds(rule, source),
    ...(details ? typeFindings(source.name, details) : []),
  ];
}

// Errors come and go: a restart removes their series.
function stopped({ name, inspection }: InspectedSource, { lookedMs }: CheckFacts): readonly SourceFinding[] {
  if (inspection.now > 0 || name === 'bad' || name === 'count') return [];
  const count = `${inspection.series.length}${inspection.isCut ? ' or more' : ''}`;
  const none = inspection.details?.hasRecent === false ? 'no data in the last hour' : 'none now';
  return [
    { severity: 'warning', message: `\`${name}\` has stopped: ${count} series in the last ${formatDuration(lookedMs)}, and ${none}` },
  ];
}

function notInTotal({ name, inspection }: InspectedSource, { sources }: CheckFacts): readonly SourceFinding[] {
  const total = sources.find((one) => one.name === 'total')?.inspection;
  if (name !== 'bad' || !total || total.isCut || total.series.length === 0) return [];
  if (inspection.selector === null || total.selector?.metric !== inspection.selector.metric) return [];
  const known = new Set(total.series.map(keyOf));
  const outside = inspection.series.filter((labels) => !known.has(keyOf(labels)));
  const [example] = outside;
  if (example === undefined) return [];
  const severity = outside.length === inspection.series.length ? 'error' : 'warning';
  return [{ severity, message: `\`bad\` is no part of \`total\`: ${show(example)} is counted in \`bad\` only` }];
}

// With a control, the matchers of one release may leave one series.
function tooMany({ name, inspection }: InspectedSource, { hasControl }: CheckFacts): readonly SourceFinding[] {
  if (name !== 'value' || inspection.now <= 1) return [];
  const message = `\`value\` returns ${inspection.now} series, but needs one number: aggregate it, for example with sum(…) or max(…)`;
  return [{ severity: hasControl ? 'warning' : 'error', message }];
}

function otherBounds({ failWhen, ...rule }: CheckRule, { name, inspection }: InspectedSource): readonly SourceFinding[] {
  if (name !== 'buckets' || inspection.selector === null || inspection.isCut) return [];
  const le = [
    ...new Set(inspection.series.flatMap((labels) => (labels.le === undefined ? [] : [Number(labels.le.replace('+Inf', 'Infinity'))]))),
  ];
  if (le.length === 0) return noBuckets(inspection);
  const bounds = le.filter(Number.isFinite).sort((a, b) => a - b);
  const asked = new Set(failWhen.map(({ params }) => params.slower_than).filter((ms) => typeof ms === 'number'));
  const unit = unitOf(rule);
  return [...asked].flatMap((ms) => boundFinding(ms, bounds, unit));
}

/** A native histogram has no series for its buckets; the server calls it a histogram under its own name. */
function noBuckets({ selector, details }: Inspection): readonly SourceFinding[] {
  if (details?.uses.some(({ metric, type }) => type === 'histogram' && metric === selector?.metric)) return [];
  return [{ severity: 'error', message: '`latency` needs histogram buckets, but no series has the label `le`' }];
}

function boundFinding(ms: number, bounds: readonly number[], unit: CheckUnit): readonly SourceFinding[] {
  const wanted = inUnitOfBounds(ms, unit);
  const bound = boundFor(bounds, wanted);
  const there = `the bounds are ${listed(
    bounds.map((one) => formatDuration(boundInMs(one, unit))),
    'and',
  )}`;
  if (bound === null) return [{ severity: 'error', message: `no bucket bound is at or above ${formatDuration(ms)}: ${there}` }];
  if (bound <= wanted * 1.000001) return [];
  return [
    {
      severity: 'warning',
      message: `${formatDuration(ms)} is no bucket bound: ${formatDuration(boundInMs(bound, unit))} counts instead; ${there}`,
    },
  ];
}

function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function show({ __name__: name = '', ...labels }: Labels): string {
  const conditions = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return `${name}{${conditions.join(',')}}`;
}
