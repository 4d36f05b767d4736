import { NerdGraphError } from './nerdgraph-schema.ts';

/** One event as New Relic keeps it. */
export type FakeEvent = { readonly type: string; readonly at: number; readonly [attribute: string]: unknown };

/** What a query of the fake yields: New Relic's own names and shapes. With FACET and TIMESERIES together, what is left over is a list of rows. */
export type FakeResults = {
  readonly nrql: string;
  readonly results: readonly Row[];
  readonly otherResult: Row | readonly Row[] | null;
  readonly totalResult: Row | readonly Row[] | null;
  readonly metadata: object;
  readonly queryProgress: object;
};

/** A query that the fake cannot read. It reads what the tests ask, by patterns of its own, and refuses all else as the real one does. */
export class NrqlError extends NerdGraphError {
  constructor(message: string) {
    super('INVALID_INPUT', `NRQL Syntax Error: ${message}`);
  }
}

type Row = Readonly<Record<string, unknown>>;
type Condition = (event: FakeEvent) => boolean;
type Column = { readonly name: string; readonly of: (events: readonly FakeEvent[]) => unknown };

const query =
  /^SELECT (.+?) FROM (\w+)(?: WHERE (.+?))?(?: FACET ([\w.]+(?:, [\w.]+)*))? SINCE (\d+|1 minute ago)(?: UNTIL (\d+))?(?: TIMESERIES (\d+) seconds)?(?: LIMIT MAX)?$/;

/** Answers a query. Buckets are counted back from the end of the time, `[begin, end)`, and more than 366 are refused. */
export function runNrql(text: string, { events, now }: { readonly events: readonly FakeEvent[]; readonly now: number }): FakeResults {
  const found = query.exec(text.replace(/\s+/g, ' ').trim());
  if (!found) throw new NrqlError(`Error at line 1 position 1, unexpected '${text.slice(0, 20)}'`);
  const [, select = '', type = '', where, facet, since = '', until, step] = found;
  const columns = splitList(select).map(columnOf);
  const matches = where === undefined ? () => true : conditionOf(where);
  const to = until === undefined ? now : Number(until);
  const from = since === '1 minute ago' ? to - 60_000 : Number(since);
  const kept = events
    .filter((event) => event.type === type && event.at >= from && event.at < to && matches(event))
    .sort((a, b) => a.at - b.at);
  const rowsOf = (list: readonly FakeEvent[]) =>
    rows(list, { columns, from, to, stepMs: step === undefined ? null : Number(step) * 1_000 });
  const asked = { nrql: text, queryProgress: { completed: true } };
  const timeWindow = { begin: from, end: to, since, until: until ?? 'NOW', compareWith: null };
  const metadata = { eventTypes: [type], facets: facet?.split(', ') ?? null, messages: [], timeWindow };
  if (facet === undefined) return { ...asked, metadata, results: rowsOf(kept), otherResult: null, totalResult: null };
  const { groups, rest } = groupsOf(kept, facet.split(', '));
  const results = groups.flatMap(({ labels, list }) => rowsOf(list).map((row) => ({ ...labels, ...row })));
  const summed = (list: readonly FakeEvent[]) => (step === undefined ? (rowsOf(list)[0] ?? null) : rowsOf(list));
  return { ...asked, metadata, results, otherResult: summed(rest), totalResult: summed(kept) };
}

/** One group for each combination of values, told under `facet` (several as a list) and under each name; who lacks one of them is in no group. */
function groupsOf(events: readonly FakeEvent[], names: readonly string[]) {
  const valuesOf = (event: FakeEvent) => names.map((name) => event[name]);
  const has = (event: FakeEvent) => valuesOf(event).every((value) => value != null);
  const groups = [...Map.groupBy(events.filter(has), (event) => JSON.stringify(valuesOf(event))).values()].map((list) => {
    const values = valuesOf(list[0]!).map(String);
    return {
      list,
      labels: { facet: names.length === 1 ? values[0] : values, ...Object.fromEntries(names.map((name, i) => [name, values[i]])) },
    };
  });
  return { groups, rest: events.filter((event) => !has(event)) };
}

type Cut = { readonly columns: readonly Column[]; readonly from: number; readonly to: number; readonly stepMs: number | null };

function rows(events: readonly FakeEvent[], { columns, from, to, stepMs }: Cut): readonly Row[] {
  const valuesOf = (list: readonly FakeEvent[]) => Object.fromEntries(columns.map(({ name, of }) => [name, of(list)]));
  if (stepMs === null) return [valuesOf(events)];
  const count = Math.floor((to - from) / stepMs);
  if (count > 366) throw new NrqlError('too many buckets');
  return Array.from({ length: count }, (_, i) => {
    const begin = to - (count - i) * stepMs;
    const list = events.filter(({ at }) => at >= begin && at < begin + stepMs);
    return { beginTimeSeconds: begin / 1_000, endTimeSeconds: (begin + stepMs) / 1_000, inspectedCount: list.length, ...valuesOf(list) };
  });
}

function columnOf(text: string): Column {
  const [, call = text, alias] = /^(.*?)(?: AS '(.*)')?$/.exec(text) ?? [];
  const filter = /^filter\(count\(\*\), WHERE (.+)\)$/.exec(call);
  if (call === 'count(*)') return { name: alias ?? 'count', of: (events) => events.length };
  if (filter) return { name: alias ?? 'count', of: (events) => events.filter(conditionOf(filter[1] ?? '')).length };
  const [, name = '', attribute = '', percent = '95'] = /^(\w+)\(([\w.]+)(?:, (\d+))?\)$/.exec(call) ?? [];
  const of = Object.hasOwn(aggregates, name) ? aggregates[name] : undefined;
  if (!of) throw new NrqlError(`Error at line 1 position 8, unexpected '${call}'`);
  return {
    name: alias ?? `${name}.${attribute}`,
    of: (events) =>
      of(
        events.map((event) => event[attribute]),
        Number(percent),
      ),
  };
}

/** What is made of the values of an attribute, oldest first. Of no values most is null. */
const aggregates: Readonly<Record<string, (values: readonly unknown[], percent: number) => unknown>> = {
  sum: (values) => sumOf(values),
  average: (values) => (values.length === 0 ? null : sumOf(values) / values.length),
  max: (values) => (values.length === 0 ? null : Math.max(...values.map(Number))),
  latest: (values) => values.at(-1) ?? null,
  uniqueCount: (values) => new Set(values).size,
  percentile: (values, percent) => {
    const sorted = values.map(Number).sort((a, b) => a - b);
    return { [percent]: sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? null };
  },
};

function sumOf(values: readonly unknown[]): number {
  return values.map(Number).reduce((all, one) => all + one, 0);
}

function conditionOf(text: string): Condition {
  const parts = splitBy(text, / AND /).map((part): Condition => {
    if (part.startsWith('(') && part.endsWith(')')) return conditionOf(part.slice(1, -1));
    const [, attribute = '', sign, literal = ''] = /^([\w.]+) (=|!=|<=|<|>=|>|IS) (.+)$/i.exec(part) ?? [];
    const value = /^'.*'$/.test(literal) ? literal.slice(1, -1) : literal === 'true' ? true : literal === 'false' ? false : Number(literal);
    if (sign === undefined || Number.isNaN(value)) throw new NrqlError(`Error at line 1 position 30, unexpected '${part}'`);
    return (event) => compare(event[attribute], sign, value);
  });
  return (event) => parts.every((part) => part(event));
}

function compare(left: unknown, sign: string, right: string | number | boolean): boolean {
  if (sign === '=' || sign.toUpperCase() === 'IS') return left === right;
  if (sign === '!=') return left !== right;
  if (typeof left !== 'number' || typeof right !== 'number') return false;
  return sign === '<' ? left < right : sign === '<=' ? left <= right : sign === '>' ? left > right : left >= right;
}

function splitList(text: string): readonly string[] {
  return splitBy(text, /, /);
}

/** Splits outside of parentheses. */
function splitBy(text: string, separator: RegExp): readonly string[] {
  const parts: string[] = [''];
  for (const piece of text.split(new RegExp(`(${separator.source})`))) {
    const last = parts.at(-1) ?? '';
    const isOpen = [...last].filter((sign) => sign === '(').length > [...last].filter((sign) => sign === ')').length;
    if (new RegExp(`^${separator.source}$`).test(piece) && !isOpen) parts.push('');
    else parts[parts.length - 1] = last + piece;
  }
  return parts;
}
