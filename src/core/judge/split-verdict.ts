import { visibleText } from '../base/visible-text.ts';
import { type Explanation, explain, fitHeadline } from './explanation.ts';
import type { FailVerdict, OpenVerdict } from './fold.ts';
import { explanationOf } from './headline.ts';
import type { Evidence, SplitRow, SplitTable, Verdict } from './verdict.ts';

/** The verdict of one value of a label, or (`value: null`) of the rest. `verdict: null`: it is new, and not judged on its own. */
export type SplitAnswer = { readonly value: string | null; readonly verdict: Verdict | null };

type Inconclusive = Extract<Verdict, { outcome: 'inconclusive' }>;
type JudgedAnswer = { readonly value: string | null; readonly verdict: Verdict };

/** A value carries enough traffic if a change by this factor would have been seen. Then it must have ruled harm out for the check to pass. */
const seenTimes = 2;
/** The maximum number of values that one sentence names, and the maximum length of each. */
const [maxNamed, maxLength] = [3, 40];

/** The failure of a split check: of the value with the strongest evidence, or, where no value fails on its own, of the whole. */
export function failedSplit(label: string, whole: FailVerdict | null, answers: readonly SplitAnswer[]): FailVerdict {
  const failed = judged(answers)
    .filter(({ verdict }) => verdict.outcome === 'fail')
    .toSorted((a, b) => strengthOf(b.verdict) - strengthOf(a.verdict));
  const [worst, ...more] = failed;
  const split = tableOf(label, answers);
  if (worst === undefined || worst.verdict.outcome !== 'fail') {
    const own = whole ?? { outcome: 'fail', ...explain('fails') };
    return { ...own, ...withNotes(explanationOf(own), [`all values of ${label} together; none of them fails alone`]), split };
  }
  const also = more.length === 0 ? '' : `also ${namesOf(more)}`;
  const words = explanationOf(worst.verdict);
  const because = [onValue(label, worst.value), words.because].filter((part) => part !== '').join(': ');
  return {
    ...worst.verdict,
    ...explain(headlineOn(label, worst.value, words.headline), because, [also, othersOf(answers, failed.length), ...words.notes]),
    split,
  };
}

/** The verdict of a split check while nothing has failed. The whole leads where it is judged; a value that leans against the release, before it. */
export function openSplit(
  { label, minLean }: { readonly label: string; readonly minLean: number },
  whole: OpenVerdict | null,
  answers: readonly SplitAnswer[],
): OpenVerdict {
  const open = judged(answers).flatMap(({ value, verdict }) => (verdict.outcome === 'fail' ? [] : [{ value, verdict }]));
  const holding = open.flatMap(({ value, verdict }) =>
    verdict.outcome === 'inconclusive' && holds(verdict, minLean) ? [{ value, verdict }] : [],
  );
  const worst = holding.toSorted(
    (a, b) => Number(b.verdict.leans ?? 0) - Number(a.verdict.leans ?? 0) || strengthOf(b.verdict) - strengthOf(a.verdict),
  )[0];
  const split = tableOf(label, answers);
  const notes = notesOn(label, answers, holding);
  const isWholeOpen = whole?.outcome === 'inconclusive' && worst?.verdict.leans !== true;
  if (worst !== undefined && !isWholeOpen) {
    const { headline, because, notes: own } = explanationOf(worst.verdict);
    const words = explain(headlineOn(label, worst.value, headline), `${onValue(label, worst.value)}${because && `: ${because}`}`, [
      ...notes,
      ...own,
    ]);
    return { ...worst.verdict, ...words, split };
  }
  const lead = whole ?? leading(open);
  if (lead === null) return { outcome: 'inconclusive', ...nothingJudged(label, answers), split };
  const words = explanationOf(lead);
  const headline = whole === null && answers.length > 1 ? allHeadline(label, open, words.headline) : words.headline;
  const settled = open.flatMap(({ verdict }) =>
    verdict.outcome === 'pass' && verdict.settledAfterMs !== undefined ? [verdict.settledAfterMs] : [],
  );
  return {
    ...lead,
    ...withNotes({ ...words, headline }, notes),
    ...(lead.outcome === 'pass' && lead.settledAfterMs !== undefined && { settledAfterMs: Math.max(lead.settledAfterMs, ...settled) }),
    split,
  };
}

/** Whether a value keeps the check from passing: it looks bad, or it has the traffic to rule harm out and has not. */
function holds({ leans, evidence }: Inconclusive, minLean: number): boolean {
  const seen = evidence?.smallestSeen;
  if (leans === true) return (nearnessOf(evidence) ?? Number.POSITIVE_INFINITY) > minLean;
  return seen !== undefined && Math.abs(Math.log(seen)) <= Math.log(seenTimes);
}

/** How near a value is to a failure, which is 1; `undefined`: its analyzer does not say. */
export function nearnessOf({ strength, measured, expected, limit }: Evidence = {}): number | undefined {
  if (strength !== undefined || measured === undefined || expected === undefined || limit === undefined) return strength;
  return limit === expected ? undefined : (measured - expected) / (limit - expected);
}

/** Where the whole is not judged, a value that passes leads; else one that blocks. */
function leading(open: readonly { readonly value: string | null; readonly verdict: OpenVerdict }[]): OpenVerdict | null {
  const passing = open
    .filter(({ verdict }) => verdict.outcome === 'pass')
    .toSorted((a, b) => strengthOf(b.verdict) - strengthOf(a.verdict));
  const blocking = open.find(({ verdict }) => verdict.outcome === 'inconclusive' && verdict.blocks !== false);
  return (passing[0] ?? blocking ?? open[0])?.verdict ?? null;
}

function allHeadline(label: string, open: readonly JudgedAnswer[], headline: string): string {
  const passing = open.filter(({ verdict }) => verdict.outcome === 'pass').length;
  if (passing === 0) return headline;
  return `${passing} ${passing === 1 ? 'value' : 'values'} of ${label} as expected`;
}

function nothingJudged(label: string, answers: readonly SplitAnswer[]) {
  if (answers.length === 0) return explain(`no data of any value of ${label} since the bake began`);
  return {
    blocks: false as const,
    ...explain(`not judged: no value of ${label} has a past to compare with`, `all are new: ${namesOf(answers)}`),
  };
}

/** What is said of the values next to the verdict: how many are as expected, which are not, and which are not judged alone. */
function notesOn(label: string, answers: readonly SplitAnswer[], holding: readonly JudgedAnswer[]): readonly string[] {
  const values = judged(answers);
  const passing = values.filter(({ value, verdict }) => value !== null && verdict.outcome === 'pass').length;
  const quiet = values.filter((one) => one.verdict.outcome === 'inconclusive' && !holding.some(({ value }) => value === one.value));
  const fresh = answers.filter(({ verdict }) => verdict === null);
  return [
    passing === 0 ? '' : `${passing} ${passing === 1 ? 'value' : 'values'} of ${label} as expected`,
    holding.length === 0 ? '' : `not sure yet: ${namesOf(holding)}`,
    quiet.length === 0 ? '' : `not enough to tell alone: ${namesOf(quiet)}`,
    fresh.length === 0 ? '' : `new, judged only together with all: ${namesOf(fresh)}`,
  ];
}

function othersOf(answers: readonly SplitAnswer[], failed: number): string {
  const others = judged(answers).filter(
    ({ verdict }) => verdict.outcome === 'pass' || (verdict.outcome === 'inconclusive' && verdict.leans !== true),
  );
  if (others.length === 0 || failed === 0) return '';
  return others.length === 1 ? '1 other as expected' : `${others.length} others as expected`;
}

function judged(answers: readonly SplitAnswer[]): readonly JudgedAnswer[] {
  return answers.flatMap(({ value, verdict }) => (verdict === null ? [] : [{ value, verdict }]));
}

function withNotes({ headline, because, notes }: Explanation, more: readonly string[]) {
  return explain(headline, because, [...more, ...notes]);
}

/** "endpoint=/checkout: 12 % of requests failed (36 of 300), was 0.1 %", then without the label. */
function headlineOn(label: string, value: string | null, headline: string): string {
  const short = valueName(value);
  return fitHeadline(`${onValue(label, value)}: ${headline}`, `${short}: ${headline}`, `${short}: ${headline.replace(/ \([^)]*\)/, '')}`);
}

function onValue(label: string, value: string | null): string {
  return value === null ? `the rest of ${label}` : `${label}=${valueName(value)}`;
}

function namesOf(answers: readonly Pick<SplitAnswer, 'value'>[]): string {
  const names = answers.slice(0, maxNamed).map(({ value }) => valueName(value));
  const left = answers.length - names.length;
  return left === 0 ? names.join(', ') : `${names.join(', ')} and ${left} more`;
}

/** A value of a label as people read it; `null`: the rest. */
export function valueName(value: string | null): string {
  if (value === null) return 'the rest';
  const characters = [...visibleText(value)];
  return characters.length <= maxLength ? characters.join('') : `${characters.slice(0, maxLength - 1).join('')}…`;
}

function strengthOf({ outcome, ...verdict }: Verdict): number {
  return verdict.evidence?.strength ?? (outcome === 'fail' ? 1 : 0);
}

const ranks: Readonly<Record<SplitRow['outcome'], number>> = { fail: 0, inconclusive: 1, pass: 2, unjudged: 3 };

/** The values, the worst first: failures, then those that lean against the release, then the others, each by their evidence. */
function tableOf(label: string, answers: readonly SplitAnswer[]): SplitTable {
  const rows = answers.map(({ value, verdict }) => ({
    row: rowOf(value, verdict),
    isLeaning: verdict?.outcome === 'inconclusive' && verdict.leans === true,
    strength: verdict === null ? 0 : strengthOf(verdict),
  }));
  const sorted = rows.toSorted(
    (a, b) => ranks[a.row.outcome] - ranks[b.row.outcome] || Number(b.isLeaning) - Number(a.isLeaning) || b.strength - a.strength,
  );
  return { label, rows: sorted.map(({ row }) => row) };
}

function rowOf(value: string | null, verdict: Verdict | null): SplitRow {
  const { measured, expected, samples, events } = verdict?.evidence ?? {};
  return {
    value,
    outcome: verdict?.outcome ?? 'unjudged',
    ...(measured !== undefined && { measured: rounded(measured) }),
    ...(expected !== undefined && { expected: rounded(expected) }),
    ...(samples !== undefined && { samples: rounded(samples) }),
    ...(events !== undefined && { events: rounded(events) }),
  };
}

/** A row is stored with each measurement, so its numbers have no more digits than people read. */
function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(4));
}
