import { targetName } from '../core/bake/deploy.ts';
import { describeTimeLeft, formatClock, isExtended } from '../core/bake/time-left.ts';
import { outcomeWords } from '../core/judge/check-answer.ts';
import type { CheckBody, DeployAnswer } from './client.ts';

/** The name of a state in words: "rolled back". */
export function stateWord(state: string): string {
  return state.replaceAll('_', ' ');
}

const outcomeTexts: Readonly<Record<string, string>> = { ...outcomeWords, fail: 'FAILS' };

/** An outcome as the command line writes it: a failure stands out in a log. A newer server may know other outcomes. */
export function outcomeWord(outcome: string): string {
  return outcomeTexts[outcome] ?? stateWord(outcome);
}

/** One line about a check: "errors: FAILS: 11.2 % of requests failed, was 0.5 %". */
export function checkLine({ name, outcome, headline, reason }: CheckBody): string {
  // The headline of an error repeats what the outcome says.
  return `${name}: ${outcomeWord(outcome)}: ${outcome === 'error' ? reason : (headline ?? reason)}`;
}

/** How long a bake still takes. `null`: nobody knows, or it has ended. */
export function timeLeftOf({ baking }: DeployAnswer, now: number): string | null {
  if (baking === null) return null;
  const extended = extensionOf(baking, now);
  if (extended !== null) return `extended until ${formatClock(Date.parse(extended))}`;
  return describeTimeLeft(periodOf(baking), now);
}

/** Until when a bake is extended, or `null`. */
export function extensionOf(baking: NonNullable<DeployAnswer['baking']>, now: number): string | null {
  const until =
    baking.extended_until === undefined && isExtended(periodOf(baking), now) ? baking.limit_at : (baking.extended_until ?? null);
  return until !== null && Date.parse(until) > now ? until : null;
}

function periodOf({ ends_at, limit_at }: NonNullable<DeployAnswer['baking']>) {
  return { endsAt: Date.parse(ends_at), limitAt: Date.parse(limit_at) };
}

/** The release that a rollback returns to: "v3", or "v3 (unverified)". Empty without a target. */
export function targetOf({ target, target_unverified }: Pick<DeployAnswer, 'target' | 'target_unverified'>): string {
  return target === null ? '' : targetName({ version: target, ...(target_unverified === true && { isUnverified: true }) });
}

/** The state of a deploy in words. */
export function stateOf({ state, confidence }: DeployAnswer): string {
  return state === 'passed' && confidence === 'low' ? 'passed, low confidence' : stateWord(state);
}

/** What became of a deploy, in layers: state, headlines, what is below them, what else to know, and where to read more. Each sentence once. */
export function conclusionOf(deploy: DeployAnswer, { showsNotes = false } = {}): readonly string[] {
  const { service, environment, release, reasons, url, explained, asides = [] } = deploy;
  const to = deploy.target === null ? '' : ` to ${targetOf(deploy)}`;
  const layers = explained ?? reasons.map((text) => ({ text, because: '', notes: [] }));
  const lines = [
    ...layers.flatMap(({ text, because, notes }) => [
      `  ${text}`,
      ...(because === '' ? [] : [`    ${because}`]),
      ...(showsNotes ? notes.map((note) => `    note: ${note}`) : []),
    ]),
    ...afterRollback(deploy),
    ...asides.map((text) => `  ${text}`),
  ];
  return [`${service} ${release.version} (${environment}): ${stateOf(deploy)}${to}`, ...new Set(lines), `  ${url}`];
}

/** What the checks showed after a rollback. */
function afterRollback({ state, rolled_back, checks = [] }: DeployAnswer): readonly string[] {
  if (state !== 'rolled_back' && rolled_back !== 'yes') return [];
  return checks
    .filter(({ critical, outcome }) => critical && outcome !== 'not_asked')
    .map((check) => `  after the rollback, ${checkLine(check)}`);
}
