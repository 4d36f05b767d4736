import { lostToMixture } from './e-process.ts';

/**
 * The maximum that one tick may add, so that it takes several bad ticks to fail: a cold start of half a minute heals before that. A bake of few, long
 * ticks has no time to wait for a second one. With a control the release gets only a part of the traffic, and two ticks of chance errors after a cold
 * start look like a third bad one: a tick may add a little less.
 */
export function capFor(
  needed: number,
  { stepMs, looks, hasControl = false }: { readonly stepMs: number; readonly looks: number; readonly hasControl?: boolean },
): number {
  const room = needed + lostToMixture;
  if (looks < 10) return room;
  if (stepMs >= 30_000) return room / 1.9;
  return room / (hasControl ? 3.6 : 2.75);
}

/**
 * Which part of what the least of three ticks in a row says each of them may add beyond the cap (`EProcessOptions`). With more, a chance error or two
 * right after a cold start fails a healthy bake. Longer ticks have higher caps, and no need of it.
 */
export function agreedFor({ stepMs, looks }: { readonly stepMs: number; readonly looks: number }): number {
  return looks < 10 || stepMs >= 30_000 ? 0 : 0.8;
}

/**
 * The maximum of a tick of one or two samples: two such ticks do not fail a check, three may. With the cap above, a request a minute would need five
 * errors where three are overwhelming.
 */
export function fewCapFor(needed: number): number {
  return (needed + lostToMixture) / 2.05;
}
