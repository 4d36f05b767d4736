import type { NonEmpty } from '../base/non-empty.ts';
import { explanationOf, headlineOf } from './headline.ts';
import type { AskError, Verdict } from './verdict.ts';

/** A critical check with its newest answer. */
type CriticalCheck = { readonly name: string; readonly result: Verdict | AskError };

/** How certain a healthy judgement is. */
export type HealthyCertainty = {
  /** Every critical check has ruled out harm: its pass rests on evidence and is proven. */
  readonly clear?: true;
  /** The critical checks that do not pass, and only do not block the bake, with the reason. A recovery cannot be measured by them. */
  readonly unmeasured?: NonEmpty<string>;
};

/** What an undecided judgement allows at the limit of its bake. */
export type UndecidedCertainty = {
  /** A failure that does not count, because a dependency fails too. */
  readonly excused?: string;
  /** `when_undecided` of the rules may end the bake: no critical check is in error, unproven or silent, and total failure is ruled out. */
  readonly endsByRule?: true;
  /** Why the rules may not end it. */
  readonly heldBecause?: string;
  /** The rules may end it, and no critical check leans against the release. */
  readonly isClean?: true;
};

/** The certainty of a judgement in which every critical check passes or does not block. */
export function healthyCertainty(critical: readonly CriticalCheck[]): HealthyCertainty {
  const [first, ...rest] = critical.flatMap(({ name, result }) => (result.outcome === 'pass' ? [] : [headlineOf(name, result)]));
  if (first !== undefined) return { unmeasured: [first, ...rest] };
  if (critical.length === 0) return { unmeasured: ['no critical check'] };
  return critical.every(({ result }) => isClear(result)) ? { clear: true } : {};
}

function isClear(result: CriticalCheck['result']): boolean {
  return result.outcome === 'pass' && result.settledAfterMs !== undefined && result.unproven === undefined;
}

/** The certainty of an undecided judgement. What is unknown never counts as certain. */
export function undecidedCertainty(critical: readonly CriticalCheck[]): UndecidedCertainty {
  const held = critical.flatMap(({ name, result }) => {
    const why = whyHeld(result);
    return why === null ? [] : [`${name} ${why}`];
  });
  const first = critical.find(({ result }) => result.outcome === 'inconclusive' && result.isExcused);
  const excused = first && `${headlineOf(first.name, first.result)}: ${explanationOf(first.result).because}`;
  if (held.length > 0) return { heldBecause: held.join(', '), ...(excused !== undefined && { excused }) };
  const leans = critical.some(({ result }) => result.outcome === 'inconclusive' && result.leans === true);
  return leans ? { endsByRule: true } : { endsByRule: true, isClean: true };
}

function whyHeld(result: CriticalCheck['result']): string | null {
  switch (result.outcome) {
    case 'error':
      return 'could not be asked';
    case 'fail':
      return 'fails';
    case 'pass':
      return result.unproven === undefined ? null : 'has never matched anything';
    case 'inconclusive':
      if (result.unproven !== undefined) return 'has never matched anything';
      if (result.isSilent === true) return 'has too little data';
      return result.blocks === false || result.rulesOutOutage === true ? null : 'does not rule out total failure';
  }
}
