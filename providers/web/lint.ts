import type { CheckUse, QueryFault } from '../define-provider.ts';
import { parsePlan } from '../reading-plan.ts';
import { fillTimes, useProblem } from '../reading-query.ts';
import { readTarget } from './address.ts';
import type { WebSettings } from './options.ts';

const sampleWindow = { from: 0, to: 60_000, stepMs: 60_000 };
const pathHint = 'write a path and declared parameters, such as /stats?shop=$service $.errors';

/** Whether a text says which tick is meant. With a begin alone, a server would count up to now. */
function namesTick(text: string): boolean {
  const has = (name: string) => new RegExp(`\\{${name}(?::|\\})`).test(text);
  return has('step') || (has('from') && has('to'));
}

/** Returns what is wrong with a query of a rule, or `null`. */
export function lintWeb({ params, body = '' }: Pick<WebSettings, 'params' | 'body'>, text: string, use: CheckUse): QueryFault | null {
  const result = parsePlan(text);
  if (!result.ok) return { message: result.message, hint: result.hint };
  const { plan } = result;
  const target = readTarget(fillTimes(plan.target, plan, sampleWindow), params, 'unfilled');
  if (!target.ok) return { message: target.problem, hint: pathHint };
  if ((use.kind === 'ratio' || use.kind === 'rate') && !namesTick(plan.target + body)) {
    const message = 'a count must be that of one tick, and nothing in the path says which';
    return { message, hint: 'give the server {step}, or {from} and {to}; a total since its start is no count of a tick' };
  }
  return useProblem(plan, use);
}
