import { EffectError, type EffectErrorKind } from '../../core/base/errors.ts';
import type { ProcessError, ProcessResult } from '../../net/process.ts';

/** The purpose of a run: `ask` changes nothing, `act` may have changed something, `wait` follows a change. */
export type KubectlPhase = 'ask' | 'act' | 'wait';

/** A step in words ("the rollback") and its purpose. */
export type Step = { readonly what: string; readonly phase: KubectlPhase };

/** The meaning of a text in the output, and the advice to a person. */
export type KubectlTrouble = { readonly says: RegExp; readonly kind: EffectErrorKind; readonly advice: string };

/**
 * kubectl exits with 1 for every failure, so only the text distinguishes them; `rollout undo` even omits the reason in brackets. The first row that
 * matches counts.
 */
const commonTroubles: readonly KubectlTrouble[] = [
  {
    says: /cannot rollback a paused deployment/,
    kind: 'refused',
    advice: 'the deployment is paused; run `kubectl rollout resume` and roll back again',
  },
  {
    says: /unable to find (the )?specified revision|unable to find revision|no rollout history found|the object has been modified/,
    kind: 'unreachable',
    advice: 'its history changed in the meantime; nothing was done',
  },
  { says: /admission webhook .*denied/, kind: 'refused', advice: 'a policy of the cluster does not allow the old template' },
  { says: /\(NotFound\)|" not found/, kind: 'refused', advice: 'correct `namespace` and `name` of the hook' },
  {
    says: /\(Forbidden\)|is forbidden: /,
    kind: 'refused',
    advice: 'grant the account the rights that the how-to lists',
  },
  { says: /Unauthorized/, kind: 'refused', advice: 'the API server does not accept the credentials in the kubeconfig; renew them' },
  {
    says: /context was not found|context "[^"]*" does not exist/,
    kind: 'refused',
    advice: 'correct `context` or `kubeconfig`',
  },
  {
    says: /^error: (stat|open|loading config file|error loading config file)|Error in configuration/m,
    kind: 'refused',
    advice: 'the kubeconfig cannot be used',
  },
  { says: /x509:|tls: /, kind: 'unreachable', advice: 'the kubeconfig does not trust this API server; correct its CA' },
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
 * A program that talks to a cluster. `troubles` are its own and are checked before the common ones. `actsInSteps`: it may have done some steps before it
 * reports a common trouble.
 */
export type Dialect = {
  readonly name: string;
  readonly contextFlag: string;
  readonly troubles: readonly KubectlTrouble[];
  readonly actsInSteps: boolean;
};

/** The error for a run with an exit code other than 0, with advice. */
export function failureOf({ exitCode, signalName, stderr, output }: ProcessResult, step: Step, dialect: Dialect): EffectError {
  const text = lastLinesOf(stderr) || lastLinesOf(output);
  const own = dialect.troubles.find(({ says }) => says.test(text));
  const trouble = own ?? commonTroubles.find(({ says }) => says.test(text));
  const phase = step.phase === 'act' && dialect.actsInSteps && !own ? 'wait' : step.phase;
  const end = exitCode === null ? `was killed by ${signalName}` : `exited with ${exitCode}`;
  const advice = trouble ? ` (${trouble.advice})` : '';
  const kind = exitCode === null ? 'timeout' : (trouble?.kind ?? 'failed');
  return new EffectError(kindInPhase(phase, kind), `${step.what} failed: ${dialect.name} ${end}${text && `: ${text}`}${advice}`, {
    output,
  });
}

/** The error for a program that did not start, or was killed by us. */
export function processFailureOf({ kind, message, output }: ProcessError, step: Step): EffectError {
  return new EffectError(kindInPhase(step.phase, kind === 'not_started' ? 'unreachable' : 'timeout'), `${step.what}: ${message}`, {
    output,
  });
}

/** A failed `ask` has changed nothing. During a `wait`, a change was made, so the error must not say that nothing ran. */
function kindInPhase(phase: KubectlPhase, kind: EffectErrorKind): EffectErrorKind {
  if (phase === 'ask') return kind === 'refused' ? 'refused' : 'unreachable';
  if (phase === 'act') return kind;
  return kind === 'refused' ? 'failed' : kind === 'unreachable' ? 'timeout' : kind;
}

const logLine = /^[EWI]\d{4} /;

/**
 * The last lines, without the log lines of the client: it prints one for every failed discovery call. A log line that says what is forbidden stays: a
 * program that waits for something it may not see reports only that its time is over.
 */
function lastLinesOf(text: string): string {
  const all = text.split('\n').filter((line) => line.trim() !== '');
  const denied = all.findLast((line) => logLine.test(line) && line.includes(' is forbidden: '))?.replace(/^[^\]]*\] /, '');
  const lines = [...(denied === undefined ? [] : [denied]), ...all.filter((line) => !logLine.test(line)).slice(-3)];
  const joined = lines.join(' ').replace(/\s+/g, ' ').trim();
  return joined.length > 400 ? `…${joined.slice(-400)}` : joined;
}
