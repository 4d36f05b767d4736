import { EffectError } from '../core/base/errors.ts';
import type { DeliveredResponse } from '../net/deliver.ts';

/** Throws `EffectError` for an answer that the vendor does not give: the page of a proxy where one has to sign in is a 200 as well, and nobody was told. */
export function mustBeAnswer(vendor: string, answer: DeliveredResponse, isAnswer: (answer: DeliveredResponse) => boolean): void {
  if (isAnswer(answer)) return;
  const { status, excerpt } = answer;
  throw new EffectError('failed', `what answered ${status} is not ${vendor}${excerpt && `: ${excerpt}`}`, { output: excerpt });
}
