import { EffectError, type EffectErrorKind } from '../../core/base/errors.ts';
import type { ProcessError, ProcessResult } from '../../net/process.ts';
import { causeOf } from './cause.ts';

type Trouble = { readonly says: RegExp; readonly kind: EffectErrorKind; readonly advice: string; readonly adviceIfHarmless?: string };

const troubles: readonly Trouble[] = [
  { says: /No host selected|Hostname or stage .* was not found/, kind: 'refused', advice: 'correct `selector`' },
  {
    says: /Command "rollback" is not defined|Task `rollback` not found/,
    kind: 'refused',
    advice: 'the recipe must require recipe/common.php',
  },
  { says: /install curl extension/, kind: 'refused', advice: 'Deployer 7 and 8 need it; nothing was done' },
  {
    says: /ssh: |Connection (refused|reset|closed|timed out)|Permission denied \(|Host key verification failed|No route to host|exit code:? -1\b/i,
    kind: 'timeout',
    advice: 'Deployer did not reach the host, or lost the connection; the rollback may have run',
    adviceIfHarmless: "Deployer's own ssh does not reach the host; nothing was done",
  },
];

/** The error for a Deployer that ended with another exit code than 0, or that printed an error. `changesNothing`: it was only asked. */
export function exitFailure({ exitCode, signalName, output }: ProcessResult, changesNothing: boolean): EffectError {
  const trouble = troubles.find(({ says }) => says.test(output));
  const end = exitCode === null ? `was killed by ${signalName}` : `exited with ${exitCode}`;
  const cause = causeOf(output);
  const hint = changesNothing ? (trouble?.adviceIfHarmless ?? trouble?.advice) : trouble?.advice;
  const advice = hint === undefined ? '' : ` (${hint})`;
  return new EffectError(kindOf(trouble, exitCode, changesNothing), `Deployer ${end}${cause && `: ${cause}`}${advice}`, { output });
}

/** The error for a Deployer that did not start, or that we killed. */
export function processFailure({ kind, message, output }: ProcessError, changesNothing: boolean): EffectError {
  return new EffectError(changesNothing || kind === 'not_started' ? 'unreachable' : 'timeout', message, { output });
}

function kindOf(trouble: Trouble | undefined, exitCode: number | null, changesNothing: boolean): EffectErrorKind {
  if (changesNothing) return trouble?.kind === 'refused' ? 'refused' : 'unreachable';
  return exitCode === null ? 'timeout' : (trouble?.kind ?? 'failed');
}
