import { formatDuration } from '../base/duration.ts';
import type { Labels } from '../series/answer.ts';
import type { Inspection } from '../series/inspection.ts';

/**
 * Whether one source of a check (`bad`, `total`, `count`, `exposure`) has ever matched a series. `text` says in words what there is in its place; it is
 * empty for a source that has matched.
 */
export type SourceSighting = { readonly source: string; readonly isMatched: boolean; readonly text: string };

/** A source that matched nothing, and its sibling that did. An inspection is `null` where the provider cannot tell. */
export type UnmatchedSource = {
  readonly source: string;
  readonly sibling: string;
  readonly lookedMs: number;
  readonly own: Inspection | null;
  readonly siblings: Inspection | null;
};

/** Maximum number of labels, or of values of one label, that a sentence lists. */
const maxListed = 8;

/** The sentence about a source that has never matched: "`bad` has matched no series in 7d, while `total` has; status_class is 2xx or 5xx there". */
export function describeUnmatched({ source, sibling, lookedMs, own, siblings }: UnmatchedSource): string {
  const what = `\`${source}\` has matched no series in ${formatDuration(roundedMs(lookedMs))}, while \`${sibling}\` has`;
  const { words, isMistake } = explainMissing(own, siblings);
  const advice = `${isMistake ? 'correct it, or ' : ''}write \`never_seen: ok\` if that is right`;
  return [what, words, advice].filter(Boolean).join('; ');
}

/** Says why a selector matches nothing. `isMistake`: it asks for a label that no series of its metric has, and the list of series is whole. */
export function explainMissing(
  own: Inspection | null,
  siblings: Inspection | null,
): { readonly words: string; readonly isMistake: boolean } {
  if (own === null || own.selector === null) return { words: '', isMistake: false };
  const { metric, conditions } = own.selector;
  const isSame = siblings?.selector?.metric === metric;
  const known = isSame ? (siblings?.series ?? []) : own.others;
  const isCut = isSame ? siblings?.isCut === true : own.isCut;
  if (known.length === 0) return { words: `there is no metric \`${metric}\``, isMistake: false };
  const shared = isSame ? (siblings?.selector?.conditions ?? []).map(({ text }) => text) : [];
  const asked = [...new Set(conditions.filter(({ text }) => !shared.includes(text)).map(({ label }) => label))];
  const labels = labelsOf(known);
  const missing = asked.filter((label) => !labels.includes(label));
  if (missing.length > 0) {
    const other = listed(
      labels.filter((label) => !plainLabels.has(label)),
      'and',
    );
    const names = missing.map((label) => `\`${label}\``).join(' or ');
    const where = isCut ? ` in the first ${known.length} series` : '';
    return { words: `there is no label ${names}${where}${other && `; the labels are ${other}`}`, isMistake: !isCut };
  }
  const values = asked.map((label) => `${label} is ${listed(valuesOf(label, known), 'or')} there`);
  return { words: values.join(', '), isMistake: false };
}

/** Labels of every target. They say nothing about what a metric distinguishes. */
const plainLabels: ReadonlySet<string> = new Set(['__name__', 'job', 'instance', 'le']);

/** The names of all labels of some series, sorted. */
export function labelsOf(series: readonly Labels[]): readonly string[] {
  return [...new Set(series.flatMap((labels) => Object.keys(labels)))].sort();
}

function valuesOf(label: string, series: readonly Labels[]): readonly string[] {
  return [...new Set(series.map((labels) => labels[label] ?? ''))].map((value) => (value === '' ? '(empty)' : value)).sort();
}

/** "a, b or c"; "a, b, c …" where there are too many. */
export function listed(words: readonly string[], link: 'and' | 'or'): string {
  if (words.length > maxListed) return `${words.slice(0, maxListed).join(', ')} …`;
  const [last = '', ...before] = words.toReversed();
  return before.length === 0 ? last : `${before.toReversed().join(', ')} ${link} ${last}`;
}

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];

/** A duration without what nobody needs: whole days from two days on, else whole hours, or minutes. */
function roundedMs(ms: number): number {
  const unit = ms >= 2 * day ? day : ms >= 2 * hour ? hour : minute;
  return Math.max(1, Math.round(ms / unit)) * unit;
}
