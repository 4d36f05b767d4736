import { ProviderError } from '../src/core/base/errors.ts';
import type { Window } from '../src/core/base/window.ts';
import type { Answer, Labels, Sample, Series, SeriesQuery } from '../src/ports/provider.ts';
import { type JsonNode, type JsonPlace, selectNodes } from './json-path.ts';
import type { ReadingPlan } from './reading-plan.ts';

/** A query whose answer is one number or one count per tick. */
export type PlainQuery = Extract<SeriesQuery, { form: 'events' | 'gauge' }>;

/** How an answer is read. `stampsBegin`: the times are those at which an interval begins, not ends. */
export type ReadingContext = { readonly plan: ReadingPlan; readonly query: PlainQuery; readonly stampsBegin: boolean };

/** Reads a number or samples out of a text. Throws `ProviderError` (`bad_response`) with a sentence that quotes nothing of the text. */
export function readAnswer(text: string, context: ReadingContext): Answer {
  const { plan, query } = context;
  const shape = query.form === 'events' ? 'delta' : 'gauge';
  if (plan.form === 'samples') return { shape, series: seriesIn(text, context) };
  const value = numberIn(text, plan.paths[0]);
  if (query.form === 'events' && value < 0) throw unreadable(`${placeOf(plan.paths[0])} is a count below 0`);
  return { shape, series: [{ labels: {}, instance: '', samples: [[query.window.to, value]] }] };
}

function numberIn(text: string, path: string | undefined): number {
  const found = path === undefined ? textOrNumber(text) : onlyNode(path, parsed(text));
  return numberOf(found, placeOf(path), 'finite');
}

function textOrNumber(text: string): JsonNode {
  const trimmed = text.trim();
  if (trimmed === '') throw unreadable('it is empty');
  if (/^[[{]/.test(trimmed)) throw unreadable('it is JSON and not a number: name the place of the number, such as $.value');
  return trimmed;
}

function onlyNode(path: string, document: JsonNode): JsonNode {
  const { nodes } = selectNodes(path, document);
  const [only] = nodes;
  if (only === undefined) throw unreadable(`${path} finds nothing`);
  if (nodes.length > 1) throw unreadable(`${path} finds ${nodes.length} values, and a number is one`);
  return only;
}

function seriesIn(text: string, { plan, query, stampsBegin }: ReadingContext): readonly Series[] {
  const document = parsed(text);
  const [first = '$', second] = plan.paths;
  const lists = second === undefined ? samplesAt(first, document) : [columnsAt({ times: first, values: second }, document)];
  return lists.flatMap(({ labels, times, values }) => {
    if (times.length !== values.length) throw unreadable(`it has ${times.length} times and ${values.length} values`);
    const samples = times.flatMap((time, i) => sampleOf(time, values[i] ?? null, query.form));
    const inside = samples
      .map(([at, value]): Sample => [stampsBegin ? at + query.window.stepMs : at, value])
      .filter(isInside(query.window));
    return inside.length === 0 ? [] : [{ labels, instance: '', samples: inside.sort(([a], [b]) => a - b) }];
  });
}

type TimedValues = { readonly labels: Labels; readonly times: readonly JsonNode[]; readonly values: readonly JsonNode[] };

/** Objects `{ times, values, labels }`, alone or in a list. */
function samplesAt(path: string, document: JsonNode): readonly TimedValues[] {
  const { nodes, isMissing } = selectNodes(path, document);
  if (isMissing) throw unreadable(`${path} finds nothing`);
  return nodes.flatMap((node) => (isList(node) ? node : [node])).map((node) => toTimedValues(node, path));
}

function toTimedValues(node: JsonNode, path: string): TimedValues {
  if (node === null || typeof node !== 'object' || isList(node))
    throw unreadable(`${path} finds no samples: { "times": […], "values": […] }`);
  const { times = null, values = null, labels = {} } = node;
  if (!isList(times) || !isList(values)) throw unreadable(`the samples at ${path} have no lists "times" and "values"`);
  if (!isLabels(labels)) throw unreadable(`the labels of the samples at ${path} are not texts by name`);
  return { labels, times, values };
}

/** Two paths that select the times and the values of one series. */
function columnsAt(paths: { readonly times: string; readonly values: string }, document: JsonNode): TimedValues {
  const [times, values] = [listAt(paths.times, document), listAt(paths.values, document)];
  if (times.length === values.length && times.some(({ place }, i) => areApart(place, values[i]?.place ?? [])))
    throw unreadable('a time and its value are not of the same point');
  const instants = times.map(({ node }) => timeOf(node)).filter((at) => at !== null);
  if (new Set(instants).size < instants.length) throw unreadable('it has two values of the same time: select one series');
  return { labels: {}, times: times.map(({ node }) => node), values: values.map(({ node }) => node) };
}

/** Where one point lacks its time and another one its value, both lists have the same length. Only the last step of two places of one point differs. */
function areApart(a: JsonPlace, b: JsonPlace): boolean {
  const first = a.findIndex((step, i) => step !== b[i]);
  const isLast = first === a.length - 1 && a.length === b.length;
  return first >= 0 && !isLast && typeof a[first] === 'number' && typeof b[first] === 'number';
}

type PlacedNode = { readonly node: JsonNode; readonly place: JsonPlace };

/** The values that a path selects: one list, or many places. */
function listAt(path: string, document: JsonNode): readonly PlacedNode[] {
  const { nodes, places, isMissing } = selectNodes(path, document);
  if (isMissing) throw unreadable(`${path} finds nothing`);
  const [only] = nodes;
  const [place = []] = places;
  if (nodes.length === 1 && isList(only)) return only.map((node, i) => ({ node, place: [...place, i] }));
  return nodes.map((node, i) => ({ node, place: places[i] ?? [] }));
}

/** A number without a value is left out. A count without a value is refused: next to a total, a missing count would be read as 0. */
function sampleOf(time: JsonNode, value: JsonNode, form: PlainQuery['form']): readonly Sample[] {
  const at = timeOf(time);
  if (value === null && form === 'gauge') return [];
  const number = numberOf(
    value,
    `the value at ${at === null ? 'a time' : new Date(at).toISOString()}`,
    form === 'events' ? 'finite' : 'any',
  );
  if (at === null) throw unreadable('a time is neither in seconds nor in milliseconds nor in the form 2026-01-31T12:00:00Z');
  if (form === 'events' && number < 0) throw unreadable('a count is below 0');
  return [[at, number]];
}

/** The first instant that is read as milliseconds: in seconds it would be in the year 5138. */
const firstMs = 1e11;

function timeOf(node: JsonNode): number | null {
  const isText = typeof node === 'string';
  if (isText && /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)$/.test(node)) return Number.isNaN(Date.parse(node)) ? null : Date.parse(node);
  const number = isText && decimal.test(node) ? Number(node) : node;
  if (typeof number !== 'number' || number <= 0 || number > 8.64e15) return null;
  return Math.round(number < firstMs ? number * 1_000 : number);
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const specials: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  ...{ Inf: Infinity, '+Inf': Infinity, '-Inf': -Infinity },
  ...{ Infinity, '-Infinity': -Infinity },
};

function numberOf(node: JsonNode, place: string, range: 'finite' | 'any'): number {
  if (node === null) throw unreadable(`${place} is null`);
  if (typeof node === 'boolean') throw unreadable(`${place} is true or false, not a number`);
  if (typeof node === 'object') throw unreadable(`${place} is ${isList(node) ? 'a list' : 'an object'}, not a number`);
  const special = typeof node === 'string' ? specials[node] : undefined;
  const number = special ?? (typeof node === 'string' && !decimal.test(node) ? null : Number(node));
  if (number === null) throw unreadable(`${place} is a text that is not a number`);
  if (range === 'finite' && !Number.isFinite(number)) throw unreadable(`${place} is NaN or infinite`);
  return number;
}

function parsed(text: string): JsonNode {
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable('it is not JSON'); // The message of the parser would quote the answer.
  }
}

function isList(node: JsonNode | undefined): node is readonly JsonNode[] {
  return Array.isArray(node);
}

function isLabels(node: JsonNode): node is Labels {
  return typeof node === 'object' && node !== null && !isList(node) && Object.values(node).every((label) => typeof label === 'string');
}

function isInside({ from, to }: Window): (sample: Sample) => boolean {
  return ([at]) => at > from && at <= to;
}

function placeOf(path: string | undefined): string {
  return path ?? 'the answer';
}

function unreadable(what: string): ProviderError {
  return new ProviderError('bad_response', `the answer cannot be read: ${what}`);
}
