import { EffectError, type EffectErrorKind } from '../../src/core/base/errors.ts';
import type { RollbackHook, RollbackOrder } from '../../src/ports/hook.ts';

/**
 * What the next call of `rollBack` does: puts the target back, fails in a way (`gone`: the platform does not have it any more), or is killed: `dies before` and `dies after` the release was put
 * back. `times out after` put it back, too, but nobody heard.
 */
export type Act = 'works' | EffectErrorKind | 'gone' | 'times out after' | 'dies before' | 'dies after';

export type FakeHook = {
  readonly hook: RollbackHook;
  /** Every order that reached the platform, oldest first. */
  readonly performed: readonly RollbackOrder[];
  running(): string;
  /** Someone deploys another version. */
  run(version: string): void;
};

/** A platform that runs one version. `acts` are used one a call, the last one for ever, or asked for; `canAsk: false` cannot tell what runs. */
export function createFakeHook({
  running = 'v2',
  acts = ['works'],
  canAsk = true,
}: {
  running?: string;
  acts?: readonly Act[] | (() => Act);
  canAsk?: boolean;
} = {}): FakeHook {
  const performed: RollbackOrder[] = [];
  let [version, call] = [running, 0];
  const putBack = (order: RollbackOrder) => {
    version = order.target.version;
    performed.push(order);
  };
  return {
    performed,
    running: () => version,
    run: (deployed) => {
      version = deployed;
    },
    hook: {
      current: async () => (canAsk ? version : null),
      async rehearse(order) {
        const act = typeof acts === 'function' ? acts() : (acts[Math.min(call, acts.length - 1)] ?? 'works');
        if (act !== 'works') throw new EffectError('failed', `${order.target.version} cannot be put back`);
        return [`${version} is running`];
      },
      async rollBack(order) {
        if (canAsk && version === order.target.version)
          return { summary: `${version} is running`, alreadyThere: true, fingerprint: version, output: '' };
        const act = typeof acts === 'function' ? acts() : (acts[Math.min(call++, acts.length - 1)] ?? 'works');
        if (act === 'dies before') throw new Error('killed');
        if (act === 'gone') throw new EffectError('refused', `${order.target.version} is not there`, { targetGone: true });
        if (act !== 'works' && act !== 'times out after' && act !== 'dies after')
          throw new EffectError(act, `the platform was ${act}`, { output: `said ${act}` });
        putBack(order);
        if (act === 'dies after') throw new Error('killed');
        if (act === 'times out after') throw new EffectError('timeout', 'no answer in time');
        return { summary: `${version} is running`, alreadyThere: false, fingerprint: canAsk ? version : null, output: 'switched' };
      },
    },
  };
}
