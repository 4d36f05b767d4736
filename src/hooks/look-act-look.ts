import { EffectError } from '../core/base/errors.ts';
import type { Fingerprint, Receipt, RollbackOrder } from '../ports/hook.ts';

/** What an action says about itself: `what` it did in words, and what it printed. `isPending`: it was only accepted, and is still to be done. */
export type ActResult = {
  readonly what: string;
  readonly output: string;
  readonly alreadyThere?: boolean | undefined;
  readonly isPending?: boolean | undefined;
};

/** The two things a hook can do. `look` answers what runs now, in the platform's terms, or `null` where the operator gave no way to ask. */
export type LookAndAct = {
  readonly look: () => Promise<Fingerprint>;
  readonly act: () => Promise<ActResult>;
};

/**
 * Performs a rollback and proves it as far as it can be proved: looks, acts unless the target already runs, and looks again. Without a way to look the
 * receipt says that nothing is proven. Throws `EffectError`: `unreachable` where it could not even look before acting, `timeout` where it acted but
 * could not look afterwards, `failed` where the action claims success and something else runs.
 */
export async function lookActLook(order: RollbackOrder, { look, act }: LookAndAct): Promise<Receipt> {
  const { target } = order;
  const before = await explain(look(), 'unreachable', 'nothing was done, because what runs now could not be asked');
  if (before !== null && isThere(before, order)) {
    return { summary: `${before} is already running: nothing was done`, alreadyThere: true, fingerprint: before, output: '' };
  }
  const { what, output, alreadyThere = false, isPending = false } = await act();
  const after = await explain(look(), 'timeout', `${what}, but what runs now could not be asked`, output);
  if (after === null) {
    return { summary: `${what}; that ${target.version} runs is unproven: there is no way to ask`, alreadyThere, fingerprint: null, output };
  }
  if (after === target.fingerprint || after === target.version) {
    return { summary: `${what}, and ${after} is running`, alreadyThere, fingerprint: after, output };
  }
  if (isPending) return { summary: `${what}; ${after} is still running`, alreadyThere, fingerprint: after, output };
  const wanted =
    target.fingerprint === undefined || target.fingerprint === target.version
      ? target.version
      : `${target.fingerprint} (${target.version})`;
  throw new EffectError('failed', `${what}, but ${after} is running, not ${wanted}`, { output });
}

/**
 * A version alone proves nothing where the bad release carries the same one. Nor does a fingerprint that is the bad release's version: it was asked
 * for when that one had been placed already and was not registered yet.
 */
function isThere(running: string, { from, target }: RollbackOrder): boolean {
  const isBad = running === from.version && from.version !== target.version;
  return !isBad && (running === target.fingerprint || (running === target.version && from.version !== target.version));
}

async function explain(looking: Promise<Fingerprint>, kind: 'unreachable' | 'timeout', why: string, output?: string): Promise<Fingerprint> {
  try {
    return await looking;
  } catch (error) {
    if (!(error instanceof EffectError)) throw error;
    // What cannot work however often it is tried stays refused, as long as nothing has been done.
    const kept = kind === 'unreachable' && error.kind === 'refused' ? 'refused' : kind;
    throw new EffectError(kept, `${why}: ${error.message}`, {
      cause: error,
      output: output ?? error.output,
      retryAfterMs: error.retryAfterMs,
    });
  }
}
