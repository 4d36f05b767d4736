import { pathProblem } from './json-path.ts';

/**
 * A query of a rule for an answer in JSON or text: what is asked (`target`), and where the answer lies in what comes back.
 * `number`: one number for the newest tick. `samples`: times and values; with two paths they select the times and the values.
 */
export type ReadingPlan = { readonly target: string; readonly form: 'number' | 'samples'; readonly paths: readonly string[] };

/** The plan, or what is wrong with the text and what to write instead. */
export type ReadingPlanResult =
  | { readonly ok: true; readonly plan: ReadingPlan }
  | { readonly ok: false; readonly message: string; readonly hint: string };

const hint = 'write `TARGET $.path` for a number, `TARGET samples $.path` or `TARGET $.times $.values` for samples';
const maxLength = 2_000;

/** Parses `TARGET`, `TARGET $.number`, `TARGET samples [$.series]` or `TARGET $.times $.values`. */
export function parsePlan(text: string): ReadingPlanResult {
  if (text.length > maxLength) return { ok: false, message: `is ${text.length} characters long, the maximum is ${maxLength}`, hint };
  const [, target = '', word = '', rest = ''] =
    /^([\s\S]*?)(?:\s+(samples)(?=\s|$))?(?:\s+(\$(?=[.[\s]|$)[\s\S]*))?$/.exec(text.trim()) ?? [];
  const paths = splitPaths(rest);
  if (target === '') return { ok: false, message: 'says nothing that could be asked', hint };
  if (paths.length > (word === '' ? 2 : 1)) return { ok: false, message: `has ${paths.length} JSONPaths`, hint };
  for (const path of paths) {
    const problem = pathProblem(path);
    if (problem !== null) return { ok: false, message: problem, hint };
  }
  return { ok: true, plan: { target: target.trim(), form: word !== '' || paths.length === 2 ? 'samples' : 'number', paths } };
}

/** Splits at white space before a `$`, but not inside of brackets or quotes. */
function splitPaths(text: string): readonly string[] {
  const starts: number[] = [];
  let depth = 0;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const sign = text.charAt(i);
    if (quote !== '') {
      if (sign === '\\') i++;
      else if (sign === quote) quote = '';
    } else if (sign === '"' || sign === "'") quote = sign;
    else if (sign === '[' || sign === '(') depth++;
    else if (sign === ']' || sign === ')') depth--;
    else if (sign === '$' && depth === 0 && (i === 0 || /\s/.test(text.charAt(i - 1)))) starts.push(i);
  }
  return starts.map((start, i) => text.slice(start, starts[i + 1]).trim());
}
