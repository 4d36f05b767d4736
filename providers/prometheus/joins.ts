import type { Answer, QueryJoins, QueryLot, SeriesQuery } from '../../src/ports/provider.ts';
import type { CheckableCondition } from './conditions.ts';
import { type CounterSources, readCounters, selectorOf, spanOf } from './counters.ts';
import {
  type CheckableSelector,
  hullOf,
  matchesAll,
  maxHullLength,
  type SampleSelection,
  type SampleSpan,
  type SelectionTree,
  toCheckable,
  toTrees,
} from './hull.ts';
import { createLoads, type Loads } from './loads.ts';
import { remembered } from './remembered.ts';
import type { Selector } from './selector.ts';
import { splitReading } from './split.ts';

/** The maximum number of roots in one request. */
const maxRoots = 100;
/** Spans are joined if their union is at most this much longer than the shortest of them. */
const maxStretch = 1.5;

type JoinState = {
  readonly sources: CounterSources;
  readonly loads: Loads;
  /** False once a series came that the query had excluded: what the labels say cannot be trusted, and nothing is joined any more. */
  areLabelsTrue: boolean;
};

/**
 * Joins queries for raw counters of one metric. A selector that another one contains is answered from its series (errors from all requests); selectors
 * that differ only in values of labels become one, with a regular expression. Raw samples are exact, so each query gets what it would have got alone.
 */
export function createJoins(sources: CounterSources): QueryJoins {
  const state: JoinState = { sources, loads: createLoads(), areLabelsTrue: true };
  return {
    accepts: ({ form }) => form === 'counter' && state.areLabelsTrue,
    lotsOf: (queries) => (state.areLabelsTrue ? lotsOf(state, queries) : []),
  };
}

function lotsOf(state: JoinState, queries: readonly SeriesQuery[]): readonly QueryLot[] {
  const asked = new Map<SampleSelection, SeriesQuery>();
  for (const query of queries) {
    const selection = selectionOf(query);
    if (selection !== null) asked.set(selection, query);
  }
  const byMetric = Map.groupBy(asked.keys(), ({ selector }) => selector.metric);
  return [...byMetric].flatMap(([metric, selections]) =>
    bySpan(selections)
      .flatMap((same) => groupsOf(state.loads, metric, toTrees(same)))
      .filter(({ members }) => members.length > 1)
      .map((group) => ({
        key: metric,
        queries: group.members.flatMap((member) => asked.get(member) ?? []),
        fetchAll: (signal) => fetchGroup(state, group, signal),
      })),
  );
}

function selectionOf(query: SeriesQuery): SampleSelection | null {
  if (query.form !== 'counter') return null;
  const checkable = checkableOf(query.matchers === '' ? query.query : `${query.query}\0${query.matchers}`, query);
  if (checkable === null) return null;
  const { selector, conditions, key, signature } = checkable;
  return { selector, conditions, key, signature, span: spanOf(query), bounds: query.bounds };
}

// A selector that cannot be parsed is asked alone, and refused there.
const checkableOf = remembered((_, query: Parameters<typeof selectorOf>[0]): CheckableSelector | null => {
  try {
    return toCheckable(selectorOf(query));
  } catch {
    return null;
  }
});

/** Selections whose spans are almost the same. */
function bySpan(selections: readonly SampleSelection[]): readonly (readonly SampleSelection[])[] {
  const sorted = selections.toSorted((a, b) => a.span.to - b.span.to || b.span.after - a.span.after);
  const lists: { selections: SampleSelection[]; after: number; to: number; shortest: number }[] = [];
  for (const selection of sorted) {
    const { after, to } = selection.span;
    const last = lists.at(-1);
    const union = last && { after: Math.min(last.after, after), to: Math.max(last.to, to), shortest: Math.min(last.shortest, to - after) };
    if (last && union && union.to - union.after <= maxStretch * union.shortest) {
      last.selections.push(selection);
      Object.assign(last, union);
    } else lists.push({ selections: [selection], after, to, shortest: to - after });
  }
  return lists.map((list) => list.selections);
}

/** What one request asks for. */
type SelectionGroup = {
  readonly selector: Selector;
  readonly conditions: readonly CheckableCondition[];
  readonly span: SampleSpan;
  readonly roots: number;
  readonly members: readonly SampleSelection[];
};

function groupsOf(loads: Loads, metric: string, trees: readonly SelectionTree[]): readonly SelectionGroup[] {
  const bySignature = Map.groupBy(trees, ({ root }) => root.signature);
  const limit = Math.min(maxRoots, loads.maxRoots(metric));
  return [...bySignature.values()].flatMap((same) => inParts(same, limit)).map((part) => groupOf(metric, part));
}

/** Parts of at most `limit` trees, whose texts together are not too long. The order does not depend on who asked first, so that other metrics get the same parts. */
function inParts(trees: readonly SelectionTree[], limit: number): readonly (readonly SelectionTree[])[] {
  const parts: SelectionTree[][] = [];
  let length = 0;
  for (const tree of trees.toSorted((a, b) => (a.key < b.key ? -1 : 1))) {
    const last = parts.at(-1);
    // Escapes and parentheses make a text longer; they are counted as its half.
    const more = Math.ceil(tree.key.length * 1.5);
    if (last && last.length < limit && length + more <= maxHullLength) {
      last.push(tree);
      length += more;
    } else {
      parts.push([tree]);
      length = more;
    }
  }
  return parts;
}

function groupOf(metric: string, trees: readonly SelectionTree[]): SelectionGroup {
  const conditions = hullOf(trees.map(({ root }) => root));
  const members = trees.flatMap((tree) => tree.members);
  const matchers = conditions.map(({ label, op, value }) => ({ label, op, literal: JSON.stringify(value) }));
  return { selector: { metric, matchers }, conditions, span: unionOf(members.map(({ span }) => span)), roots: trees.length, members };
}

function unionOf(spans: readonly SampleSpan[]): SampleSpan {
  return { after: Math.min(...spans.map(({ after }) => after)), to: Math.max(...spans.map(({ to }) => to)) };
}

async function fetchGroup(state: JoinState, group: SelectionGroup, signal: AbortSignal): Promise<readonly (Answer | null)[]> {
  const reading = await readCounters(state.sources, group, signal);
  const { metric } = group.selector;
  if (reading.series.some(({ labels }) => labels.__name__ !== metric || matchesAll(group.conditions, labels) === false)) {
    state.areLabelsTrue = false;
    return group.members.map(() => null);
  }
  const { answers, samples, used } = splitReading(reading, group.members, group.conditions);
  state.loads.note(metric, { roots: group.roots, samples, used });
  return answers;
}
