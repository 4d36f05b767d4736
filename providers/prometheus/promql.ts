import { parser } from '@prometheus-io/lezer-promql';
import { callNames, isAggregation, isKeyword } from './promql-names.ts';

/** The tree of Prometheus' own grammar. */
export type PromqlTree = ReturnType<typeof parser.parse>;
/** One node of the tree. */
export type PromqlNode = PromqlTree['topNode'];

/** The tree of a query, or the position at which the grammar refuses it. */
export type PromqlParse = { readonly tree: PromqlTree } | { readonly errorAt: number };

const strict = parser.configure({ strict: true });

/** Parses a query by Prometheus' grammar. Types are not checked: `rate(x)` without a range is left to the server. */
export function parsePromql(query: string): PromqlParse {
  try {
    return { tree: strict.parse(withOldNames(query)) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const [, at = '0'] = /No parse at (\d+)/.exec(error.message) ?? [];
    return { errorAt: Number(at) };
  }
}

/** The children of a node. */
export function childrenOf(node: PromqlNode): readonly PromqlNode[] {
  const children: PromqlNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

/** Prometheus 2 has a function that its grammar does not list any more. The name in its place has the same length, so that positions stay. */
function withOldNames(query: string): string {
  return query.includes('holt_winters') ? query.replace(/\bholt_winters(?=\s*\()/g, 'day_of_month') : query;
}

/** Whether a name before a parenthesis can be a call. */
export function isCallable(word: string): boolean {
  return isAggregation(word) || isKeyword(word) || callNames.includes(word);
}
