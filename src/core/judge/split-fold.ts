import type { Json } from '../base/json.ts';
import { maxValues, missingTick, restAt } from '../series/split.ts';
import type { Tick } from '../series/tick.ts';
import type { TickValues } from '../series/tick-values.ts';
import { type FailVerdict, type Fold, foldOf } from './fold.ts';
import { failedSplit, openSplit, type SplitAnswer } from './split-verdict.ts';

/** A series of a split check with its fold. `value: null`: the rest. */
export type SplitMember = { readonly value: string | null; readonly fold: Fold };

/**
 * `whole`: judges all values together; `null`: they are not. `fresh`: judges a value that the past does not have; `null`: it is not judged on its own.
 * `replica`: judges it by the past of all values together, where no value of the past is left; `null`: it does not.
 * `minLean`: with more evidence than this (as a multiple of what is needed to fail), a value that looks bad keeps the check from passing.
 */
export type SplitFolds = {
  readonly label: string;
  readonly minLean: number;
  readonly members: readonly SplitMember[];
  readonly whole: Fold | null;
  readonly fresh: Fold | null;
  readonly replica: Fold | null;
};

/**
 * Where the values of the past have data in at most this many ticks, the deploy has replaced all of them, as it does with pods: the new ones do the same
 * work. Otherwise a new value is something new, such as an endpoint, and the others say nothing about it.
 */
const maxTicksOfReplaced = 4;

type FreshState = readonly [value: string, state: Json];

/** `members` are in the order of the folds. `fresh`: the states of values that the past does not have, in the order in which they came. Plain JSON. */
type SplitState = {
  readonly ticks: number;
  readonly whole: Json;
  readonly members: readonly Json[];
  readonly fresh: readonly FreshState[];
  /** In how many ticks a value of the past had data. */
  readonly known: number;
};

/** Folds each series of a split check on its own. The check fails with the first of them. */
export function splitFold({ label, minLean, members, whole, fresh: newFold, replica }: SplitFolds): Fold {
  const fresh = newFold ?? replica;
  // In the first ticks nobody can tell whether the old values are gone.
  const isJudged = ({ known, ticks }: Pick<SplitState, 'known' | 'ticks'>) =>
    newFold !== null || (known <= maxTicksOfReplaced && ticks - known > maxTicksOfReplaced);
  const named = members.flatMap(({ value }) => value ?? []);
  const answersOf = (state: SplitState, failed: ReadonlyMap<string | null, FailVerdict>): readonly SplitAnswer[] => [
    ...members.map(({ value, fold }, i) => ({ value, verdict: failed.get(value) ?? fold.verdict(state.members[i] ?? null) })),
    ...state.fresh.map(([value, own]) => ({
      value,
      verdict: failed.get(value) ?? (isJudged(state) ? (fresh?.verdict(own) ?? null) : null),
    })),
  ];
  return foldOf<SplitState>({
    initial: { ticks: 0, whole: whole?.initial ?? null, members: members.map(({ fold }) => fold.initial), fresh: [], known: 0 },
    step(state, tick) {
      const failed = new Map<string | null, FailVerdict>();
      const seen = state.known + (named.some((value) => hasEvents(tick.bake.split?.get(value))) ? 1 : 0);
      const stepped = (fold: Fold, own: Json, of: { readonly value: string | null; readonly tick: Tick }): Json => {
        const next = fold.step(own, of.tick);
        if ('state' in next) return next.state;
        failed.set(of.value, next.fail);
        return own;
      };
      const newTick = (at: Tick, value: string) =>
        newFold === null ? { ...valueTick(at, value), control: at.control } : valueTick(at, value);
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
            : known.map(([value, own]) => [value, stepped(fresh, own, { value, tick: newTick(tick, value) })] as const),
        whole: null,
        known: seen,
      };
      const ofWhole = whole?.step(state.whole, tick) ?? { state: null };
      const all = 'state' in ofWhole ? { ...next, whole: ofWhole.state } : next;
      if (!isJudged(all)) for (const [value] of known) failed.delete(value);
      if (failed.size === 0 && 'state' in ofWhole) return { state: all };
      return { fail: failedSplit(label, 'fail' in ofWhole ? ofWhole.fail : null, answersOf(all, failed)) };
    },
    verdict: (state) => openSplit({ label, minLean }, whole?.verdict(state.whole) ?? null, answersOf(state, new Map())),
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

function hasEvents(tick: TickValues | undefined): boolean {
  if (tick?.kind === 'ratio') return (tick.total ?? 0) > 0;
  if (tick?.kind === 'rate') return (tick.exposure ?? tick.count ?? 0) > 0;
  return tick?.kind === 'latency' && (tick.row?.at(-1) ?? 0) > 0;
}
