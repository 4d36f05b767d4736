import type { Question } from '../../src/core/rules/rule-set.ts';
import type { QueryFault } from '../define-provider.ts';

const example = 'sum(count_over_time({app="$service"} |= "error" [$step]))';

/** Returns what is wrong with a query of a rule, or `null`. Only Loki parses LogQL; this finds what would silently be another number. */
export function lintLogql(text: string, kind: Question['kind']): QueryFault | null {
  const bare = text.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, '""');
  const ranges = [...bare.matchAll(/\[\s*([^\]]*?)\s*\]/g)].map(([, range = '']) => range);
  if (kind === 'latency')
    return { message: 'Loki has no histograms', hint: 'write a `value` check on quantile_over_time(0.95, … | unwrap duration [$step])' };
  if (ranges.length === 0) return { message: 'the query returns lines and not numbers', hint: `count them: ${example}` };
  if (kind === 'value') return null;
  if (/\b(?:bytes_)?rate\s*\(/.test(bare))
    return { message: 'rate() is a number per second, and this check counts events', hint: `write ${example}` };
  const wrong = ranges.find((range) => !/^\$(?:step|\{step\})$/.test(range));
  if (wrong === undefined) return null;
  return { message: `a count over [${wrong.slice(0, 20)}] is not that of one tick`, hint: `write [$step]: ${example}` };
}
