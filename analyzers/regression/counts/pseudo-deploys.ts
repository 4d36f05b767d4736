import { type CountBaseline, type CountedPast, toleratedOf } from './baseline.ts';
import { capFor, fewCapFor } from './caps.ts';
import { alternativesFor, type CountKind, EProcess, lostToMixture, neededFor, termsFor } from './e-process.ts';

/** How a count is tested. `times` and `phi` are what the replay chooses; `floorShare` is tolerated beyond them. */
export type Test = CountKind & {
  readonly times: number;
  readonly phi: number;
  readonly floorShare: number;
  /** How many samples a bake has with the traffic of the past. */
  readonly perBake: number;
};

/** The minimum tolerance that the replay tries, as a logarithm: none. Most healthy bakes need no more, so one look is enough for them. */
export const minLog = 0;
export const maxLog = Math.log(60);
const maxLooks = 30;
/** The share of the error budget at which the tail of the replay is cut: this share for each bake that fits into the history, and a maximum. */
const tailShareEach = 0.01;
const maxTailShare = 0.15;

export function tailShareFor(bakes: number): number {
  return Math.min(maxTailShare, tailShareEach * Math.max(1, bakes));
}

/** A pseudo bake. Many ticks are merged into coarser ones: the result is nearly the same, and the work is much less. */
export type CountPseudoBake = {
  readonly base: CountBaseline;
  readonly bad: Float64Array;
  readonly total: Float64Array;
  readonly stepMs: number;
};

export function pseudoBake(
  { counts, bad, total }: CountedPast,
  base: CountBaseline,
  [from, to]: readonly [number, number],
): CountPseudoBake {
  const size = Math.max(1, Math.floor((to - from) / maxLooks));
  const count = Math.ceil((to - from) / size);
  const [x, n] = [new Float64Array(count), new Float64Array(count)];
  for (let i = 0; i < count; i++) {
    const [start, end] = [from + i * size, Math.min(to, from + (i + 1) * size)];
    x[i] = (bad[end] ?? 0) - (bad[start] ?? 0);
    n[i] = (total[end] ?? 0) - (total[start] ?? 0);
  }
  return { base, bad: x, total: n, stepMs: counts.stepMs * size };
}

/** The logarithm of the tolerance at which a pseudo bake would just not have failed, to within 5 %. */
export function logTimesNeeded(bake: CountPseudoBake, test: Omit<Test, 'times' | 'floorShare'>, alpha: number): number {
  const fails = (log: number) => wouldFail(bake, { ...test, times: Math.exp(log), floorShare: 0 }, alpha);
  let [low, high] = [minLog, maxLog];
  if (!fails(low)) return low;
  while (high - low > 0.06) {
    // Most healthy bakes need little: look for the answer near the low end first.
    const middle = high === maxLog ? Math.min(low + 0.35, (low + high) / 2) : (low + high) / 2;
    if (fails(middle)) low = middle;
    else high = middle;
    if (low > maxLog - 0.1) break;
  }
  return high;
}

function wouldFail({ base, bad, total, stepMs }: CountPseudoBake, test: Test, alpha: number): boolean {
  const tolerated = toleratedOf({ expected: base.expected, limit: test.side === 'up' ? 0 : Number.POSITIVE_INFINITY }, test);
  if (!(tolerated > 0)) return false;
  const needed = neededFor(alpha);
  const evidence = new EProcess(
    termsFor(tolerated, { times: alternativesFor(tolerated, test, test.perBake), phi: test.phi, isShare: test.isShare }),
    {
      cap: replayCap(needed, stepMs, bad.length),
      ...(test.isShare && { fewCap: fewCapFor(needed) }),
      looks: bad.length,
    },
  );
  const limit = Math.exp(needed);
  for (let i = 0; i < bad.length; i++) {
    if (evidence.add(bad[i] ?? 0, total[i] ?? 0) >= limit) return true;
  }
  return false;
}

/** The cap per minute is the same as for a bake with ticks of 15 s. */
function replayCap(needed: number, stepMs: number, looks: number): number {
  return Math.min(needed + lostToMixture, capFor(needed, { stepMs: 15_000, looks }) * Math.max(1, stepMs / 15_000));
}
