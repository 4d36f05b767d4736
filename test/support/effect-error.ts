import { inspect } from 'node:util';
import { EffectError } from '../../src/core/base/errors.ts';

/** The `EffectError` of a promise that must fail. */
export async function effectErrorOf(promise: Promise<unknown>): Promise<EffectError> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome && outcome.error instanceof EffectError) return outcome.error;
  throw new Error(`expected an EffectError, not ${inspect(outcome)}`);
}

/** Everything that a log, a page or an audit row could show of a value: its fields, causes and stack. */
export function everythingIn(value: unknown): string {
  const own = value instanceof Error ? `${value.message}\n${value.stack}\n${JSON.stringify(value, Object.getOwnPropertyNames(value))}` : '';
  return `${own}\n${inspect(value, { depth: 20, maxStringLength: null, maxArrayLength: null })}\n${JSON.stringify(value)}`;
}
