import type { Json } from '../base/json.ts';
import { maxValues, missingTick, restAt } from '../series/split.ts';
import type { Tick, TickValues } from '../series/tick.ts';
import { type FailVerdict, type Fold, foldOf } from './fold.ts';
import { failedSplit, openSplit, type SplitAnswer } from './split-verdict.ts';

/** A series of a split check with its fold. `value: null`: the rest. */
export type SplitMember = { readonly value: string | null; readonly fold: Fold };

/**
 * `whole`: judges all values together; `null`: they are not. `fresh`: judges a value that the past does not have; `null`: it is not judged on its own.
 * `alpha`: the budget of the check.
 */
export type SplitFolds = {
  readonly label: string;
  readonly alpha: number;
  readonly members: readonly SplitMember[];
  readonly whole: Fold | null;
  readonly fresh: Fold | null;
};

type FreshState = readonly [value: string, state: Json];

/** `members` are in the order of the folds. `fresh`: the states of values that the past does not have, in the order in which they came. Plain JSON. */
type SplitState = {
  readonly ticks: number;
  readonly whole: Json;
  readonly members: readonly Json[];
  readonly fresh: readonly FreshState[];
};

/** Folds each series of a split check on its own. The check fails with the first of them. */
export function splitFold({ label, alpha, members, whole, fresh }: SplitFolds): Fold {
  const named = members.flatMap(({ value }) => value ?? []);
  const answersOf = (state: SplitState, failed: ReadonlyMap<string | null, FailVerdict>): readonly SplitAnswer[] => [
    ...members.map(({ value, fold }, i) => ({ value, verdict: failed.get(value) ?? fold.verdict(state.members[i] ?? null) })),
    ...state.fresh.map(([value, own]) => ({ value, verdict: failed.get(value) ?? fresh?.verdict(own) ?? null })),
  ];
  return foldOf<SplitState>({
    initial: { ticks: 0, whole: whole?.initial ?? null, members: members.map(({ fold }) => fold.initial), fresh: [] },
    step(state, tick) {
      const failed = new Map<string | null, FailVerdict>();
      const stepped = (fold: Fold, own: Json, of: { readonly value: string | null; readonly tick: Tick }): Json => {
        const next = fold.step(own, of.tick);
        if ('state' in next) return next.state;
        failed.set(of.value, next.fail);
        return own;
      };
      const known = withFresh(state, tick, { named, fresh });
      const apart = [...named, ...known.map(([value]) => value)];
      const next: SplitState = {
        ticks: state.ticks + 1,
        members: members.map(({ value, fold }, i) => {
          const own = value === null ? restTick(tick, apart) : valueTick(tick, value);
          return stepped(fold, state.members[i] ?? null, { value, tick: own });
        }),
        fresh:
          fresh === null
            ? known
            : known.map(([value, own]) => [value, stepped(fresh, own, { value, tick: valueTick(tick, value) })] as const),
        whole: null,
      };
      const ofWhole = whole?.step(state.whole, tick) ?? { state: null };
      const all = 'state' in ofWhole ? { ...next, whole: ofWhole.state } : next;
      if (failed.size === 0 && 'state' in ofWhole) return { state: all };
      return { fail: failedSplit(label, 'fail' in ofWhole ? ofWhole.fail : null, answersOf(all, failed)) };
    },
    verdict: (state) => openSplit({ label, alpha }, whole?.verdict(state.whole) ?? null, answersOf(state, new Map())),
  });
}

/** The states of the values that the past does not have. One that comes later begins with the ticks that it missed. */
function withFresh(
  { ticks, fresh }: SplitState,
  { bake, control }: Tick,
  folds: Pick<SplitFolds, 'fresh'> & { readonly named: readonly string[] },
): readonly FreshState[] {
  const known = new Set([...folds.named, ...fresh.map(([value]) => value)]);
  const values = [...(bake.split?.keys() ?? [])].filter((value) => !known.has(value)).slice(0, Math.max(0, maxValues - fresh.length));
  if (values.length === 0) return fresh;
  let state: Json = folds.fresh?.initial ?? null;
  const empty: Tick = { bake: missingTick(bake), control: control && missingTick(control) };
  for (let i = 0; i < ticks && folds.fresh !== null; i++) {
    const next = folds.fresh.step(state, empty);
    if ('state' in next) state = next.state;
  }
  return [...fresh, ...values.map((value) => [value, state] as const)];
}

function valueTick({ bake, control }: Tick, value: string): Tick {
  const of = (tick: TickValues) => tick.split?.get(value) ?? missingTick(tick);
  return { bake: of(bake), control: control && of(control) };
}

function restTick({ bake, control }: Tick, apart: readonly string[]): Tick {
  return { bake: restAt(bake, apart), control: control && restAt(control, apart) };
}
