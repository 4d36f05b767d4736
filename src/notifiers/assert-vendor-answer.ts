import { EffectError } from '../core/base/errors.ts';
import type { DeliveredResponse } from '../net/deliver.ts';

/** Throws `EffectError` if the answer is not from the vendor: the sign-in page of a proxy has the status 200, too, but the notice did not arrive. */
export function assertVendorAnswer(vendor: string, answer: DeliveredResponse, isAnswer: (answer: DeliveredResponse) => boolean): void {
  if (isAnswer(answer)) return;
  const { status, excerpt } = answer;
  throw new EffectError('failed', `the answer ${status} is not from ${vendor}${excerpt && `: ${excerpt}`}`, { output: excerpt });
}
