/** One event as New Relic keeps it. */
export type FakeEvent = { readonly type: string; readonly at: number; readonly [attribute: string]: unknown };

/** What a query of the fake yields, in the shapes that were seen of the real one. */
export type FakeResults = {
  readonly results: readonly Record<string, unknown>[];
  readonly otherResult: null;
  readonly metadata: { readonly facets: readonly string[] | null };
};

/** A query that the fake cannot read. It reads what the tests ask, by patterns of its own, and refuses all else as the real one does. */
export class NrqlError extends Error {}

type Condition = (event: FakeEvent) => boolean;
type Column = { readonly name: string; readonly of: (events: readonly FakeEvent[]) => unknown };

const query =
  /^SELECT (.+?) FROM (\w+)(?: WHERE (.+?))?(?: FACET ([\w.]+))? SINCE (\d+|1 minute ago)(?: UNTIL (\d+))?(?: TIMESERIES (\d+) seconds)?(?: LIMIT MAX)?$/;

/** Answers a query. Buckets are counted back from the end of the time, `[begin, end)`, and more than 366 are refused. */
export function runNrql(text: string, events: readonly FakeEvent[]): FakeResults {
  const found = query.exec(text.replace(/\s+/g, ' ').trim());
  if (!found) throw new NrqlError(`NRQL Syntax Error: Error at line 1 position 1, unexpected '${text.slice(0, 20)}'`);
  const [, select = '', type, where, facet, since = '', until, step] = found;
  const columns = splitList(select).map(columnOf);
  const matches = where === undefined ? () => true : conditionOf(where);
  const [from, to] = until === undefined ? [0, 0] : [Number(since), Number(until)];
  const kept = events.filter((event) => event.type === type && event.at >= from && event.at < to && matches(event));
  const rowsOf = (list: readonly FakeEvent[]) =>
    rows(list, { columns, from, to, stepMs: step === undefined ? null : Number(step) * 1_000 });
  const metadata = { facets: facet === undefined ? null : [facet] };
  if (facet === undefined) return { results: rowsOf(kept), otherResult: null, metadata };
  const names = [...new Set(kept.map((event) => String(event[facet])))];
  const results = names.flatMap((name) =>
    rowsOf(kept.filter((event) => String(event[facet]) === name)).map((row) => ({ facet: name, [facet]: name, ...row })),
  );
  return { results, otherResult: null, metadata };
}

type Cut = { readonly columns: readonly Column[]; readonly from: number; readonly to: number; readonly stepMs: number | null };

function rows(events: readonly FakeEvent[], { columns, from, to, stepMs }: Cut): readonly Record<string, unknown>[] {
  const valuesOf = (list: readonly FakeEvent[]) => Object.fromEntries(columns.map(({ name, of }) => [name, of(list)]));
  if (stepMs === null) return [valuesOf(events)];
  const count = Math.floor((to - from) / stepMs);
  if (count > 366) throw new NrqlError('NRQL Syntax Error: too many buckets');
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
  const [, name, attribute = '', percent] = /^(sum|average|percentile)\(([\w.]+)(?:, (\d+))?\)$/.exec(call) ?? [];
  const numbers = (events: readonly FakeEvent[]) => events.map((event) => Number(event[attribute])).sort((a, b) => a - b);
  const sum = (list: readonly number[]) => list.reduce((all, one) => all + one, 0);
  const named = alias ?? `${name}.${attribute}`;
  if (name === 'sum') return { name: named, of: (events) => sum(numbers(events)) };
  if (name === 'average') return { name: named, of: (events) => (events.length === 0 ? null : sum(numbers(events)) / events.length) };
  if (name === 'percentile') {
    return {
      name: named,
      of: (events) => ({ [percent ?? '95']: numbers(events)[Math.ceil((events.length * Number(percent)) / 100) - 1] ?? null }),
    };
  }
  throw new NrqlError(`NRQL Syntax Error: Error at line 1 position 8, unexpected '${call}'`);
}

function conditionOf(text: string): Condition {
  const parts = splitBy(text, / AND /).map((part): Condition => {
    if (part.startsWith('(') && part.endsWith(')')) return conditionOf(part.slice(1, -1));
    const [, attribute = '', sign, literal = ''] = /^([\w.]+) (=|!=|<=|<|>=|>|IS) (.+)$/i.exec(part) ?? [];
    const value = /^'.*'$/.test(literal) ? literal.slice(1, -1) : literal === 'true' ? true : literal === 'false' ? false : Number(literal);
    if (sign === undefined || Number.isNaN(value))
      throw new NrqlError(`NRQL Syntax Error: Error at line 1 position 30, unexpected '${part}'`);
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
