import type { QueryFault } from '../define-provider.ts';

const aggregation = /^\s*(sum|avg|min|max|count|group|quantile|stddev|stdvar)\s*(?:(by|without)\s*\(([^)]*)\)\s*)?\(/i;
const trailing = /\)\s*(by|without)\s*\(([^)]*)\)\s*$/i;

/** What is wrong with splitting a query or a selector by a label: the query removes the label, or the selector fixes its value. */
export function lintSplit(text: string, label: string): QueryFault | null {
  const fixed = new RegExp(`[{,]\\s*${label}\\s*=\\s*(["'])((?:(?!\\1).)*)\\1`).exec(text);
  if (fixed !== null)
    return {
      message: `the query fixes ${label} to one value, ${fixed[1]}${fixed[2]?.slice(0, 60)}${fixed[1]}`,
      hint: 'remove that matcher, or leave `by` out',
    };
  const [whole, operator = '', before, labels] = aggregation.exec(text) ?? [];
  if (whole === undefined) return null;
  const [, after, afterLabels] = trailing.exec(text) ?? [];
  const grouping = (before ?? after)?.toLowerCase();
  const names = (labels ?? afterLabels ?? '').split(',').map((name) => name.trim());
  if (grouping === undefined ? false : (grouping === 'by') === names.includes(label)) return null;
  return { message: `${operator.toLowerCase()} removes the label ${label}`, hint: `write ${operator.toLowerCase()} by (${label}) (…)` };
}
