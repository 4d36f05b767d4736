import { EffectError, type EffectErrorKind } from '../../core/base/errors.ts';
import type { ProcessError, ProcessResult } from '../../net/process.ts';

/** Which step a program was run for: `ask` changes nothing, `act` may have changed something, `wait` follows a change that was made. */
export type KubectlPhase = 'ask' | 'act' | 'wait';

/** A step in words ("the rollback") and what it was run for. */
export type Step = { readonly what: string; readonly phase: KubectlPhase };

/** What a text in the output means, and what a person should do. */
export type KubectlTrouble = { readonly says: RegExp; readonly kind: EffectErrorKind; readonly advice: string };

const pastDeadline = /exceeded its progress deadline/;

/**
 * Every failure of kubectl is exit code 1: only its text tells them apart, and `rollout undo` leaves the reason in brackets out of it. The first row
 * that matches counts.
 */
const commonTroubles: readonly KubectlTrouble[] = [
  {
    says: /cannot rollback a paused deployment/,
    kind: 'refused',
    advice: 'the deployment is paused: run `kubectl rollout resume` and roll back again',
  },
  {
    says: /unable to find (the )?specified revision|unable to find revision|no rollout history found|the object has been modified/,
    kind: 'unreachable',
    advice: 'its history changed in the meantime, and nothing was done',
  },
  {
    says: pastDeadline,
    kind: 'failed',
    advice: 'the template was put back, but its pods do not become ready: look at `kubectl describe` of them',
  },
  {
    says: /timed out waiting for the condition|watch closed before UntilWithSync timeout/,
    kind: 'failed',
    advice: 'the template was put back, but its pods were not ready in time: look at `kubectl get pods`',
  },
  { says: /admission webhook .*denied/, kind: 'refused', advice: 'a policy of the cluster does not allow the old template' },
  { says: /\(NotFound\)|" not found/, kind: 'refused', advice: 'correct `namespace` and `name` of the hook' },
  {
    says: /\(Forbidden\)|is forbidden: /,
    kind: 'refused',
    advice: 'grant the account the rights in the how-to',
  },
  { says: /Unauthorized/, kind: 'refused', advice: 'the credentials in the kubeconfig are not accepted: renew them' },
  {
    says: /context was not found|context "[^"]*" does not exist/,
    kind: 'refused',
    advice: 'correct `context`, or name another `kubeconfig`',
  },
  {
    says: /^error: (stat|open|loading config file|error loading config file)|Error in configuration/m,
    kind: 'refused',
    advice: 'the kubeconfig cannot be used',
  },
  { says: /x509:|tls: /, kind: 'unreachable', advice: 'the API server is not the one that the kubeconfig trusts: correct its CA' },
  {
    says: /was refused - did you specify|connection refused|no such host|no route to host|network is unreachable|dial tcp [^\n]*i\/o timeout|TLS handshake timeout/,
    kind: 'unreachable',
    advice: 'the API server was not reached',
  },
  { says: /getting credentials:|\(TooManyRequests\)|received too many requests/, kind: 'unreachable', advice: 'nothing was done' },
  {
    says: /Unable to connect to the server|\(Timeout\)|\(ServiceUnavailable\)|currently unable to handle|did not complete within|etcdserver: |request canceled|deadline exceeded|connection reset|\bEOF\b|connection lost/,
    kind: 'timeout',
    advice: 'the API server did not answer',
  },
];

/**
 * A program that talks to a cluster, and the troubles of its own that come before the common ones. One that acts in many steps may have done some of
 * them before it met with a common trouble.
 */
export type Dialect = {
  readonly name: string;
  readonly contextFlag: string;
  readonly troubles: readonly KubectlTrouble[];
  readonly actsInSteps: boolean;
};

/** What a failed run means, and what a person should do. */
export function failureOf({ exitCode, signalName, stderr, output }: ProcessResult, step: Step, dialect: Dialect): EffectError {
  const words = wordsOf(stderr) || wordsOf(output);
  const own = dialect.troubles.find(({ says }) => says.test(words));
  const trouble = own ?? commonTroubles.find(({ says }) => says.test(words));
  const phase = step.phase === 'act' && dialect.actsInSteps && !own ? 'wait' : step.phase;
  const end = exitCode === null ? `was killed by ${signalName}` : `exited with ${exitCode}`;
  const advice = trouble ? ` (${trouble.advice})` : '';
  const kind = exitCode === null ? 'timeout' : (trouble?.kind ?? 'failed');
  return new EffectError(kindIn(phase, kind), `${step.what} failed: ${dialect.name} ${end}${words && `: ${words}`}${advice}`, { output });
}

/** Whether the controller said that the pods made no progress for too long. */
export function isPastDeadline(error: unknown): boolean {
  return error instanceof EffectError && pastDeadline.test(error.message);
}

/** What it means that kubectl did not start, or had to be killed. */
export function stoppedOf({ kind, message, output }: ProcessError, step: Step): EffectError {
  return new EffectError(kindIn(step.phase, kind === 'not_started' ? 'unreachable' : 'timeout'), `${step.what}: ${message}`, { output });
}

/** A question changes nothing, whatever became of it; and after a change nothing can be said not to have run. */
function kindIn(phase: KubectlPhase, kind: EffectErrorKind): EffectErrorKind {
  if (phase === 'ask') return kind === 'refused' ? 'refused' : 'unreachable';
  if (phase === 'act') return kind;
  return kind === 'refused' ? 'failed' : kind === 'unreachable' ? 'timeout' : kind;
}

/** The last lines without the client's own log: it prints one for every discovery call that failed. */
function wordsOf(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !/^[EWI]\d{4} /.test(line));
  const words = lines.slice(-3).join(' ').replace(/\s+/g, ' ').trim();
  return words.length > 400 ? `…${words.slice(-400)}` : words;
}
