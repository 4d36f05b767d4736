import { isTargetRunning } from '../core/bake/is-target-running.ts';
import { EffectError } from '../core/base/errors.ts';
import { watchOnlyActs } from '../net/program-watch.ts';
import type { Fingerprint, Receipt, RollbackOrder } from '../ports/hook.ts';

/** What an action reports: `what` it did, in words, and the `output` it printed. `isPending`: it was accepted, but is not finished. */
export type ActResult = {
  readonly what: string;
  readonly output: string;
  readonly alreadyThere?: boolean | undefined;
  readonly isPending?: boolean | undefined;
};

/** The two things a hook can do. `look` returns the running release in the platform's terms, or `null` if the operator configured no way to read it. */
export type LookAndAct = {
  readonly look: () => Promise<Fingerprint>;
  readonly act: () => Promise<ActResult>;
};

/**
 * Performs a rollback and verifies it: looks, acts unless the target already runs and the order need not act, and looks again. Without a way to look, the receipt says that the
 * result is unproven. Throws `EffectError`: `refused` if the bad release and the target are the same to the platform, `unreachable` if the look before the action failed, `timeout` if the look after the action failed, `failed`
 * if the action reports success but another release runs.
 */
export async function lookActLook(order: RollbackOrder, steps: LookAndAct): Promise<Receipt> {
  const { target } = order;
  const { look, act } = watchOnlyActs(steps);
  const before = await lookOrThrow(look(), 'unreachable', 'nothing was done, because the running release could not be read');
  if (before !== null && isTargetRunning(before, order)) {
    if (before === order.from.fingerprint) throw nothingToPutBack(before, order);
    if (!order.mustAct)
      return { summary: `${before} is already running; nothing was done`, alreadyThere: true, fingerprint: before, output: '' };
  }
  const { what, output, alreadyThere = false, isPending = false } = await act();
  const after = await lookOrThrow(look(), 'timeout', `${what}, but the running release could not be read`, output);
  if (after === null) {
    return {
      summary: `${what}; it is unproven that ${target.version} runs, because the hook cannot read it`,
      alreadyThere,
      fingerprint: null,
      output,
    };
  }
  if (after === target.fingerprint || after === target.version) {
    return { summary: `${what}, and ${after} is running`, alreadyThere, fingerprint: after, output };
  }
  if (target.fingerprint === undefined && isOtherMark(before, after, order)) {
    const summary = `${what}; ${after} is running, and it is unproven that this is ${target.version}: no fingerprint of it is known`;
    return { summary, alreadyThere, fingerprint: after, output };
  }
  if (isPending) return { summary: `${what}; ${after} is still running`, alreadyThere, fingerprint: after, output };
  const expected =
    target.fingerprint === undefined || target.fingerprint === target.version
      ? target.version
      : `${target.fingerprint} (${target.version})`;
  throw new EffectError('failed', `${what}, but ${after} is running, not ${expected}`, { output });
}

/** The platform has not changed since the bad release was deployed: what went bad is not in it. */
function nothingToPutBack(running: string, { from, target }: RollbackOrder): EffectError {
  const why = `${running} was running when ${from.version} had been deployed, and it is ${target.version} as well`;
  const advice =
    'what went bad is not in the release: look at its configuration (a ConfigMap, a Secret), a moved image tag, or what it depends on';
  return new EffectError('refused', `nothing to put back: ${why}; ${advice}`);
}

/** The platform runs another release than before, and not the bad one. Its marks are no versions: then one would be the target's or the bad one's. */
function isOtherMark(before: Fingerprint, after: string, { from }: RollbackOrder): boolean {
  return from.fingerprint !== undefined && from.fingerprint !== from.version && before === from.fingerprint && after !== from.fingerprint;
}

async function lookOrThrow(
  look: Promise<Fingerprint>,
  kind: 'unreachable' | 'timeout',
  why: string,
  output?: string,
): Promise<Fingerprint> {
  try {
    return await look;
  } catch (error) {
    if (!(error instanceof EffectError)) throw error;
    // A refusal stays a refusal if nothing was done: a retry cannot help.
    const finalKind = kind === 'unreachable' && error.kind === 'refused' ? 'refused' : kind;
    throw new EffectError(finalKind, `${why}: ${error.message}`, {
      cause: error,
      output: output ?? error.output,
      retryAfterMs: error.retryAfterMs,
    });
  }
}
