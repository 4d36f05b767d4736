import { clopperPearson } from '../core/base/clopper-pearson.ts';
import { formatDuration } from '../core/base/duration.ts';
import { explainMissing } from '../core/judge/source-sightings.ts';
import type { CheckRule } from '../core/rules/rule-set.ts';
import { formatCount, formatValue } from '../core/series/format-value.ts';
import type { InspectionDetails } from '../core/series/inspection.ts';
import type { CheckFacts, ControlFacts, SourceFinding } from './check-facts.ts';

/** What is wrong with the type of a metric, as the server knows it or as its numbers show it. */
export function typeFindings(name: string, details: InspectionDetails): readonly SourceFinding[] {
  return details.uses.flatMap(({ metric, use, type }): readonly SourceFinding[] => {
    const isCounter = type === 'counter' || (type === null && metric.endsWith('_total'));
    if (use === 'as_it_is' && name === 'value' && isCounter)
      return warning(`\`${name}\` takes the counter ${metric} as it is, and a counter only grows: write rate(${metric}[5m])`);
    if (use === 'as_it_is' || (type !== 'gauge' && !looksLikeGauge(details))) return [];
    const why =
      type === 'gauge' ? 'the server says that it is a gauge' : `it fell ${details.falls} times in the last hour, as a gauge does`;
    if (use === 'counted') return warning(`\`${name}\` counts the events of ${metric}, but ${why}: name a counter, or ask for a \`value\``);
    return type === 'gauge' ? warning(`\`${name}\` takes the increase of ${metric}, but ${why}: take it as it is, or delta(…)`) : [];
  });
}

/** A counter falls only when its process restarts. */
function looksLikeGauge({ falls, changes }: InspectionDetails): boolean {
  return falls !== null && changes !== null && falls >= 5 && falls >= changes / 5;
}

function warning(message: string): readonly SourceFinding[] {
  return [{ severity: 'warning', message }];
}

const hourMs = 3_600_000;
/** These weigh every event. The others wait for `min_samples`. */
const weighing: ReadonlySet<string> = new Set(['regression', 'drop', 'trend']);
/** Where only a larger share of bad events can be noticed, the check finds next to nothing. */
const maxUnseen = 0.1;
/** A past without any bad event does not prove that there are none. */
const harmless = 0.005;
/** How often a healthy bake may show as much by chance. */
const alpha = 0.01;

/** Whether a bake gets enough events to say anything, if it has as many as in the last hour. */
export function trafficFindings(
  rule: CheckRule,
  { sources, bakeMs }: CheckFacts,
): readonly (SourceFinding & { readonly source: string })[] {
  const source = rule.question.kind === 'ratio' ? 'total' : rule.question.kind === 'latency' ? 'buckets' : null;
  const eventsOf = (name: string) => sources.find((one) => one.name === name)?.inspection?.details?.events ?? null;
  const hourly = source === null ? null : eventsOf(source);
  if (source === null || hourly === null || bakeMs === undefined) return [];
  const count = Math.floor((hourly * bakeMs) / hourMs);
  const about = `about ${formatCount(count)} requests in a bake of ${formatDuration(bakeMs)}, by the last hour`;
  const waiting = [...new Set(rule.failWhen.map(({ analyzer }) => analyzer).filter((analyzer) => !weighing.has(analyzer)))];
  if (waiting.length > 0 && count < rule.minSamples) {
    const message = `${about}: one reading needs ${rule.minSamples} (\`min_samples\`), so the check may never judge; bake longer, or ask for fewer`;
    return [{ source, severity: 'warning', message }];
  }
  if (waiting.length === rule.failWhen.length) return [];
  const share = Math.min(1, (eventsOf('bad') ?? 0) / Math.max(1, hourly));
  const smallest = smallestSeen(count, share);
  if (smallest !== null && smallest <= maxUnseen) return [];
  const seen =
    smallest === null ? 'no regression can be noticed' : `only ${formatValue('share', smallest)} bad requests or more can be noticed`;
  return [{ source, severity: 'warning', message: `${about}: ${seen}; bake longer` }];
}

/** The smallest share of bad events that is certainly more than usual; `null`: not even all of them are. */
function smallestSeen(count: number, usual: number): number | null {
  const isSeen = (bad: number) => (clopperPearson(bad, count, alpha)[0] ?? 0) > Math.max(usual, harmless);
  if (!isSeen(count)) return null;
  let [unseen, seen] = [0, count];
  while (seen - unseen > 1) {
    const middle = Math.floor((unseen + seen) / 2);
    if (isSeen(middle)) seen = middle;
    else unseen = middle;
  }
  return seen / count;
}

/** What is wrong with the matchers of a control: they match nothing, while the check without them does. */
export function controlFindings(facts: readonly ControlFacts[]): readonly (SourceFinding & { readonly source: string })[] {
  return facts.flatMap(({ side, source, matchers, inspection, base }) => {
    if (base.series.length === 0 || inspection.series.length > 0) return [];
    const { words, isMistake } = explainMissing(inspection, base);
    const message = [`no series of \`${source}\` has ${matchers}`, words].filter(Boolean).join('; ');
    return [{ source: side, severity: isMistake ? ('error' as const) : ('warning' as const), message }];
  });
}
