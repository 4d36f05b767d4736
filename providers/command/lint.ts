import type { CheckUse, QueryFault } from '../define-provider.ts';
import { parsePlan } from '../reading-plan.ts';
import { useProblem } from '../reading-query.ts';
import { readCall } from './call.ts';
import type { ProgramSettings } from './options.ts';

/** Returns what is wrong with a query of a rule, or `null`. */
export function lintCommand(settings: ProgramSettings, text: string, use: CheckUse): QueryFault | null {
  const result = parsePlan(text);
  if (!result.ok) return { message: result.message, hint: result.hint };
  const call = readCall(result.plan.target, settings, 'unfilled');
  if (!call.ok)
    return { message: call.problem, hint: 'write the name of a command and its declared arguments, such as orders shop=$service $.failed' };
  return useProblem(result.plan, use);
}
