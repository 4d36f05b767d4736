import type { Json } from '../base/json.ts';
import type { Tick } from '../series/tick.ts';
import type { Verdict } from './verdict.ts';

/** A verdict that later ticks may still change. */
export type OpenVerdict = Exclude<Verdict, { outcome: 'fail' }>;
/** The verdict that ends a fold: nothing that comes later changes it. */
export type FailVerdict = Extract<Verdict, { outcome: 'fail' }>;

/** The result of one tick: the next state, or the failure that ends the fold. */
export type FoldStep<State> = { readonly state: State } | { readonly fail: FailVerdict };

/**
 * An analyzer at work on one series: ticks go in one by one, oldest first. Pure and total. Only `step` can fail, and after a failure it is not called
 * again: so a failed series stays failed, and the number of passes does not matter. `State` is plain JSON and, but for tests that need
 * every reading, of a bounded size. Folding the stored ticks again gives the same state.
 */
export type FoldOf<State> = {
  readonly initial: State;
  readonly step: (state: State, tick: Tick) => FoldStep<State>;
  /** The verdict on the ticks so far, as long as nothing has failed. */
  readonly verdict: (state: State) => OpenVerdict;
};

/** A fold that hides the type of its state. */
export type Fold = FoldOf<Json>;

/** The progress of a fold. Plain JSON. */
export type FoldProgress = { readonly ticks: number; readonly state: Json; readonly fail: FailVerdict | null };

/** Hides the type of the state, so that folds of different analyzers can stand in one list. */
export function foldOf<State extends Json>({ initial, step, verdict }: FoldOf<State>): Fold {
  return {
    initial,
    // The only states that a fold is given are its own.
    step: (state, tick) => step(state as State, tick),
    verdict: (state) => verdict(state as State), // as above
  };
}

/** A fold before its first tick. */
export function startOf(fold: Fold): FoldProgress {
  return { ticks: 0, state: fold.initial, fail: null };
}

/** Adds ticks to a fold. After a failure, ticks are counted but do not change the verdict. */
export function advance(fold: Fold, progress: FoldProgress, ticks: Iterable<Tick>): FoldProgress {
  let { ticks: count, state, fail } = progress;
  for (const tick of ticks) {
    count++;
    if (fail !== null) continue;
    const next = fold.step(state, tick);
    if ('fail' in next) fail = next.fail;
    else state = next.state;
  }
  return { ticks: count, state, fail };
}

/** The verdict on the ticks so far. */
export function verdictOf(fold: Fold, { state, fail }: FoldProgress): Verdict {
  return fail ?? fold.verdict(state);
}

/**
 * Several folds over the same ticks: the whole fails with the first of them that fails. Otherwise `join` combines their verdicts. It is given their states,
 * too, in the same order.
 */
export function foldAll(folds: readonly Fold[], join: (verdicts: readonly OpenVerdict[], states: readonly Json[]) => OpenVerdict): Fold {
  return foldOf<readonly Json[]>({
    initial: folds.map(({ initial }) => initial),
    step: (states, tick) => {
      const next: Json[] = [];
      for (const [i, fold] of folds.entries()) {
        const stepped = fold.step(states[i] ?? null, tick);
        if ('fail' in stepped) return stepped;
        next.push(stepped.state);
      }
      return { state: next };
    },
    verdict: (states) =>
      join(
        folds.map((fold, i) => fold.verdict(states[i] ?? null)),
        states,
      ),
  });
}

/** A fold that always gives the same answer. */
export function constantFold(verdict: OpenVerdict): Fold {
  return { initial: null, step: (state) => ({ state }), verdict: () => verdict };
}
