import type { MetricUse } from '../../src/core/series/inspection.ts';
import { unquote } from './literals.ts';
import { childrenOf, type PromqlNode, parsePromql } from './promql.ts';

/** The metrics of a query, and whether they are taken as they are or as increases. Metrics in other functions of a range are left out. */
export function usesIn(query: string): readonly Omit<MetricUse, 'type'>[] {
  const parsed = parsePromql(query);
  const uses: Omit<MetricUse, 'type'>[] = [];
  if (!('tree' in parsed)) return uses;
  parsed.tree.iterate({
    enter: ({ node }) => {
      if (node.name !== 'VectorSelector') return true;
      const use = useOf(node, query);
      const metric = metricOf(node, query);
      if (use !== null && metric !== null && !uses.some((one) => one.metric === metric && one.use === use)) uses.push({ metric, use });
      return false;
    },
  });
  return uses;
}

/** The functions that turn a counter into a number which does not grow for ever. */
const increases: ReadonlySet<string> = new Set(['rate', 'irate', 'increase']);

/** Looks at what is around a selector. `null`: another function makes of it what it wants. */
function useOf(selector: PromqlNode, query: string): MetricUse['use'] | null {
  let inRange = false;
  for (let node = selector.parent; node !== null; node = node.parent) {
    if (node.name === 'MatrixSelector' || node.name === 'SubqueryExpr') inRange = true;
    if (node.name === 'FunctionCall') {
      const [name] = childrenOf(node);
      return inRange && name !== undefined && increases.has(query.slice(name.from, name.to)) ? 'increase' : null;
    }
    // A difference of two counters, such as what is under way, does not grow for ever.
    if (node.name === 'BinaryExpr' && childrenOf(node).some(({ name }) => name === 'Sub')) return null;
    if (node.name === 'AggregateExpr' && /^(?:count|group|count_values)\b/i.test(query.slice(node.from))) return null;
  }
  return inRange ? null : 'as_it_is';
}

function metricOf(selector: PromqlNode, query: string): string | null {
  const parts = childrenOf(selector);
  const [name] = [
    ...parts.filter((part) => part.name === 'Identifier'),
    ...parts.flatMap(childrenOf).filter((part) => part.name === 'QuotedLabelName'),
  ];
  if (name === undefined) return null;
  const text = query.slice(name.from, name.to);
  return name.name === 'Identifier' ? text : unquote(text);
}
