import { standIns } from '../../src/core/rules/render-query.ts';
import { childrenOf, type PromqlNode, parsePromql } from './promql.ts';
import { findFault, type PromqlFault } from './promql-fault.ts';

/** Returns what is wrong with a query or a selector of a rule file, or `null`. Its placeholders are not yet filled in. */
export function lintPromql(text: string, _kind?: unknown, _stepMs?: unknown, options?: unknown): PromqlFault | null {
  return hasOwnLanguage(options) ? null : lintText(text);
}

/** VictoriaMetrics has functions and operators that Prometheus' grammar does not know. */
function hasOwnLanguage(options: unknown): boolean {
  return typeof options === 'object' && options !== null && 'flavor' in options && options.flavor === 'victoriametrics';
}

function lintText(text: string): PromqlFault | null {
  return findFault(standIns(text), text) ?? loneComma(text);
}

/** Returns what is wrong with matchers such as `version="$version"`, or `null`. */
export function lintMatchers(text: string): PromqlFault | null {
  const fault = findFault(`{${standIns(text)}}`, `{${text}}`);
  return fault && { ...fault, at: Math.min(Math.max(0, fault.at - 1), text.length) };
}

/** A selector that is written with a function around it, as PromQL needs it: the selector, and what `check` says about it. */
export function simplifySelector(text: string): { readonly selector: string; readonly note: string } | null {
  const parsed = parsePromql(standIns(text));
  const call = 'tree' in parsed ? parsed.tree.topNode.firstChild : null;
  if (call?.name !== 'FunctionCall') return null;
  const [name, body] = childrenOf(call);
  const [range, ...more] = body === undefined ? [] : childrenOf(body);
  const [counter] = range?.name === 'MatrixSelector' ? childrenOf(range) : [];
  if (counter?.name !== 'VectorSelector' || more.length > 0 || name === undefined) return null;
  const word = text.slice(name.from, name.to);
  if (word !== 'rate' && word !== 'increase') return null;
  const selector = textOf(counter, text);
  return { selector, note: `read as the counter ${selector}: Bakewatch counts its events itself, so ${word}(…) is not needed` };
}

/** Without a control there are no matchers: before the deploy, and after a rollback. A comma after them would then follow nothing. */
function loneComma(text: string): PromqlFault | null {
  if (!/\$(?:matchers\b|\{matchers\})/.test(text)) return null;
  const fault = findFault(standIns(text, ''));
  if (fault === null) return null;
  return {
    at: fault.at,
    message: 'the query is wrong where $matchers is empty: before the deploy, and after a rollback',
    hint: 'put $matchers last, as in up{job="shop",$matchers}',
  };
}

function textOf({ from, to }: PromqlNode, text: string): string {
  return text.slice(from, to);
}
