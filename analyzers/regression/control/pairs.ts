/** Numbers of the new release and of the control at one tick; `NaN`: missing. */
export type ReleasePair = { readonly own: number; readonly control: number };

/** Means over ticks that both sides answered. `size`: of the control, without signs. */
export type PairMeans = { readonly own: number; readonly control: number; readonly size: number; readonly count: number };

export const noMeans: PairMeans = { own: 0, control: 0, size: 0, count: 0 };

/** Adds a tick that both sides answered. */
export function addToPairMeans({ own, control, size, count: before }: PairMeans, pair: ReleasePair): PairMeans {
  const count = before + 1;
  return {
    own: own + (pair.own - own) / count,
    control: control + (pair.control - control) / count,
    size: size + (Math.abs(pair.control) - size) / count,
    count,
  };
}

/** What is known of both series so far. Plain JSON. `null`: no number yet. */
export type PairsState = {
  readonly ticks: number;
  /** How many numbers of the release, of the control, and ticks with both there were. */
  readonly known: { readonly own: number; readonly control: number; readonly both: number };
  readonly newest: { readonly own: number | null; readonly control: number | null };
  /** The first number of the control, and whether it has given the same one whenever it gave any. */
  readonly level: number | null;
  readonly isConstant: boolean;
  /** The smallest step of either series so far. */
  readonly smallestStep: number | null;
};

export const noPairs: PairsState = {
  ticks: 0,
  known: { own: 0, control: 0, both: 0 },
  newest: { own: null, control: null },
  level: null,
  isConstant: true,
  smallestStep: null,
};

/** Doubles do not resolve smaller differences than this share. */
const epsilon = 1e-9;

/** Adds one tick. */
export function addToPairs(state: PairsState, { own, control }: ReleasePair): PairsState {
  const [isOwn, isControl] = [!Number.isNaN(own), !Number.isNaN(control)];
  const level = state.level ?? (isControl ? control : null);
  const moved = isControl && level !== null && Math.abs(control - level) > epsilon * Math.abs(level);
  const steps = [stepOf(state.newest.own, own), stepOf(state.newest.control, control), state.smallestStep].filter((step) => step !== null);
  return {
    ticks: state.ticks + 1,
    known: {
      own: state.known.own + (isOwn ? 1 : 0),
      control: state.known.control + (isControl ? 1 : 0),
      both: state.known.both + (isOwn && isControl ? 1 : 0),
    },
    newest: { own: isOwn ? own : state.newest.own, control: isControl ? control : state.newest.control },
    level,
    isConstant: state.isConstant && !moved,
    smallestStep: steps.length > 0 ? Math.min(...steps) : null,
  };
}

function stepOf(last: number | null, value: number): number | null {
  if (last === null || Number.isNaN(value)) return null;
  const step = Math.abs(value - last);
  return step > epsilon * Math.abs(value) ? step : null;
}

/** Half of the smallest step so far, squared; 0 where nothing has moved yet. */
export function resolutionOf({ smallestStep }: PairsState): number {
  return smallestStep === null ? 0 : (smallestStep / 2) ** 2;
}
