import type { AnalyzerInput } from '../src/core/judge/analyzer.ts';
import { describeLike } from '../src/core/judge/baseline-window.ts';
import { fitHeadline } from '../src/core/judge/explanation.ts';
import type { Direction, Like } from '../src/core/rules/rule-set.ts';
import { type CheckUnit, defaultUnit } from '../src/core/series/check-unit.ts';
import { formatCount, formatValue, singular } from '../src/core/series/format-value.ts';
import type { TicksKind } from '../src/core/series/ticks.ts';

/** How the numbers of a check are said. `bound`: of a histogram, the bucket bound above which a request counts as slow. */
export type MetricForm = {
  readonly kind: TicksKind;
  readonly unit: CheckUnit;
  readonly hasExposure: boolean;
  readonly direction: Direction;
  readonly bound?: number | undefined;
};

/** What was measured in one reading, or in a whole bake. `samples`: what it is a share of. `events`: how many, where they are known. */
export type MeasuredNumber = { readonly value: number; readonly samples: number; readonly events?: number };

/** Of fewer samples than this the count says more than a percentage. */
const fewSamples = 50;

/** How the numbers of this check are said. */
export function formOf(
  { bake: { shape }, unit, direction }: Pick<AnalyzerInput, 'bake' | 'unit' | 'direction'>,
  bound?: number,
): MetricForm {
  const { kind } = shape;
  return { kind, unit: unit ?? defaultUnit(kind), hasExposure: kind === 'rate' && shape.hasExposure, direction, bound };
}

/** A value with its unit: "0.5 %", "122 MB", "0.13 orders/s". */
export function amountOf({ kind, unit, hasExposure }: MetricForm, value: number): string {
  if (kind !== 'rate') return formatValue(unit.value, value);
  return hasExposure ? formatCount(value) : formatValue(`${unit.value}/second`, value);
}

/** The first line of a verdict: what was measured, and an ending. Leaves out the counts, then takes a shorter ending, where it is too long. */
export function headlineFor(form: MetricForm, measured: MeasuredNumber, ...endings: readonly string[]): string {
  return fitHeadline(...endings.flatMap((ending) => wordings(form, measured).map((text) => `${text}${ending}`)));
}

/** "11.2 % of requests failed (12 of 107)", then shorter ones. */
function wordings(form: MetricForm, { value, samples, ...counted }: MeasuredNumber): readonly string[] {
  if (form.kind === 'value') return [amountOf(form, value)];
  if (form.kind === 'rate') return rateWordings(form, value, counted.events);
  const events = counted.events ?? Math.round(value * samples);
  const all = formatCount(samples);
  const happened = predicateOf(form);
  const noun = samples === 1 ? singular(form.unit.samples) : form.unit.samples;
  if (samples === 1 && happened !== '') return [events === 1 ? `1 ${noun}${happened}` : `no ${noun}${happened} (of 1)`];
  if (events === 0 && happened !== '') return [`none of ${all} ${noun}${happened}`];
  if (samples < fewSamples) return [`${formatCount(events)} of ${all} ${noun}${happened}`];
  const share = amountMeasured(form, value);
  return [`${share} (${formatCount(events)} of ${all})`, share];
}

function rateWordings(form: MetricForm, value: number, events: number | undefined): readonly string[] {
  const amount = amountOf(form, value);
  if (!form.hasExposure) return [amount];
  const rate = `${amount} ${form.unit.value} per unit of exposure`;
  return events === undefined ? [rate] : [`${formatValue(form.unit.value, events)}, ${amount} per unit of exposure`, rate];
}

/** What was measured, without counts: "11.2 % of requests failed", "122 MB". */
export function amountMeasured(form: MetricForm, value: number): string {
  if (form.kind === 'value') return amountOf(form, value);
  if (form.kind === 'rate') return rateWordings(form, value, undefined).at(-1) ?? '';
  return `${amountOf(form, value)} of ${form.unit.samples}${predicateOf(form)}`;
}

/** What a bake is compared with: "the time just before", "the same time yesterday". */
export function nameOfLike(like: Like): string {
  return like.kind === 'before' ? 'the time just before' : `the ${describeLike(like)}`;
}

/** What the counted requests did. Of a share that must not fall, such as that of cache hits, only the owner knows. */
function predicateOf(form: MetricForm): string {
  if (form.kind === 'latency') return form.bound === undefined ? ' slow' : ` ${slowerThan(form, form.bound)}`;
  return form.direction === 'up' ? ' failed' : '';
}

/** "slower than 50 ms"; of a histogram of sizes "above 1 MB". */
export function slowerThan({ unit }: MetricForm, bound: number): string {
  return `${unit.bound.endsWith('seconds') ? 'slower than' : 'above'} ${formatValue(unit.bound, bound)}`;
}

/** "tolerated up to 0.7 %". Where three digits do not tell the limit from what was measured, no number is shown. */
export function toleratedWords(show: (value: number) => string, { measured, limit, side }: LimitWords): string {
  const isClose = show(measured) === show(limit) && measured !== limit;
  const shown = isClose ? `a little ${measured > limit ? 'less' : 'more'} than that` : show(limit);
  return `tolerated ${side === 'up' ? 'up' : 'down'} to ${shown}`;
}

type LimitWords = { readonly measured: number; readonly limit: number; readonly side: 'up' | 'down' };

/** With fewer healthy bakes than this, nothing is said about them but that there are few. */
const fewBakes = 10;

/** A note on a short past; empty where it holds enough healthy bakes. */
export function shortPast(replayed: number): string {
  if (replayed >= fewBakes) return '';
  return replayed === 0 ? 'the past is too short to hold a healthy bake' : `the past holds only ${replayed} healthy bakes`;
}

/** "; sure: more than all 160 healthy bakes of the same length", of a failure; nothing where the past holds few. `below`: how many went less far. */
export function rankWords(comparison: string, below: number, replayed: number): string {
  if (replayed < fewBakes) return '';
  const which = below === replayed ? `all ${formatCount(replayed)}` : `${formatCount(below)} of ${formatCount(replayed)}`;
  return `; sure: ${comparison} ${which} healthy bakes of the same length`;
}

/** How sure a failure is, in words. `odds`: at most one healthy bake in this many looks like it. `docs/explanation/statistics.md` defines the words. */
export function sureness(odds: number): string {
  const shown = firstDigit(Math.min(maxOdds, odds));
  return `${shown >= verySureOdds ? 'very sure' : 'sure'}: at most one healthy bake in ${formatCount(shown)} looks like this`;
}

/** From these odds on, a failure is very sure. Every failure of a statistical check has at least those of its share of the budget of false alarms. */
const verySureOdds = 500;
/** Larger odds are not claimed: no model is that exact. */
const maxOdds = 1_000_000;

/** Rounds down to one digit; 999 counts as 1,000. */
function firstDigit(value: number): number {
  const size = 10 ** Math.floor(Math.log10(Math.max(1, value * 1.01)));
  return Math.floor((Math.max(1, value) * 1.01) / size) * size;
}
