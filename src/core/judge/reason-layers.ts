import type { CheckAnswer } from './check-answer.ts';
import type { Explanation } from './explanation.ts';

/** A reason of a bake with the layers below it. `check`: the check that it speaks of; `null`: it is no headline of a check. */
export type ReasonLayers = {
  readonly text: string;
  readonly check: string | null;
  readonly because: string;
  readonly notes: readonly string[];
};

type NamedExplanation = Explanation & { readonly name: string };

/** Finds the check that each reason of a bake is the headline of, and the layers below it. */
export function reasonLayers(reasons: readonly string[], checks: readonly NamedExplanation[]): readonly ReasonLayers[] {
  return reasons.map((text) => {
    const found = checks.find((check) => isHeadlineOf(text, check));
    if (found === undefined) return { text, check: null, because: '', notes: [] };
    return { text, check: found.name, because: found.because, notes: found.notes };
  });
}

/** Whether a reason is the headline of this answer: "Errors: 9 % …", perhaps cut, or as older versions wrote it, with the name in its own case. */
export function isHeadlineOf(reason: string, { name, headline }: Pick<NamedExplanation, 'name' | 'headline'>): boolean {
  const start = reason.slice(0, name.length + 2);
  if (start.slice(1) !== `${name}: `.slice(1) || start.slice(0, 1).toLowerCase() !== name.slice(0, 1).toLowerCase()) return false;
  const rest = reason.slice(start.length);
  return rest === headline || (rest.endsWith('…') && headline.startsWith(rest.slice(0, -1)));
}

type AsideAnswer = Pick<CheckAnswer, 'name' | 'critical' | 'outcome' | 'headline' | 'reason' | 'unproven' | 'asked' | 'couldNotAsk'>;

/**
 * What people must know of checks that are not among the reasons: advisory failures, checks that prove nothing yet, and checks that could never be
 * asked. One sentence each.
 */
export function asidesOf(reasons: readonly string[], checks: readonly AsideAnswer[]): readonly string[] {
  return checks.flatMap((check) => {
    const { name, critical, outcome, headline, reason, unproven, asked, couldNotAsk } = check;
    const isReason = reasons.some((text) => isHeadlineOf(text, check));
    return [
      ...(outcome === 'fail' && !critical && !isReason ? [`${name} fails (advisory): ${headline}`] : []),
      ...(outcome === 'error' && asked > 0 && couldNotAsk === asked && !isReason
        ? [`${name} could not be asked even once (tried ${asked === 1 ? 'once' : `${asked} times`}): ${reason}`]
        : []),
      ...(unproven === null || reasons.some((text) => text.endsWith(unproven)) ? [] : [`${name} is unproven: ${unproven}`]),
    ];
  });
}
