import { type Explanation, maxHeadline } from './explanation.ts';
import type { AskError, Verdict } from './verdict.ts';

/** The explanation of a result. A result without one (an error, or of an older version) has its reason as headline. */
export function explanationOf(result: Verdict | AskError): Explanation {
  if (result.outcome === 'error') return { headline: `could not ask: ${result.reason}`, because: '', notes: [] };
  return result.explanation ?? { headline: result.reason, because: '', notes: [] };
}

/** The name of a check at the start of a sentence. */
export function checkTitle(check: string): string {
  return `${check.slice(0, 1).toUpperCase()}${check.slice(1)}`;
}

/** The first line about a check: "Latency: 77 % of requests slower than 50 ms, was 65 %". */
export function headlineOf(check: string, result: Verdict | AskError): string {
  const name = checkTitle(check);
  const { headline } = explanationOf(result);
  // Only a text that was made as a headline is cut: an error must be readable to its end.
  const hasHeadline = result.outcome !== 'error' && result.explanation !== undefined;
  return hasHeadline ? cut(`${name}: ${headline}`) : `${name}: ${headline}`;
}

function cut(text: string): string {
  const characters = [...text];
  return characters.length <= maxHeadline ? text : `${characters.slice(0, maxHeadline - 1).join('')}…`;
}
