import { EffectError, type EffectErrorKind } from '../../src/core/base/errors.ts';
import type { RollbackHook, RollbackOrder } from '../../src/ports/hook.ts';
import { Killed } from './killed.ts';

/**
 * What the next call of `rollBack` does. `works`: puts the target back. An error kind: fails with it. `gone`: the target is gone from the platform. `dies
 * before` and `dies after`: the process is killed before or after the target was put back. `times out after`, `breaks after`: puts the target
 * back and then times out, or ends with a mistake in our code.
 */
export type Act = 'works' | EffectErrorKind | 'gone' | 'times out after' | 'dies before' | 'dies after' | 'breaks after';

export type FakeHook = {
  readonly hook: RollbackHook;
  /** Every order that the platform performed, oldest first. */
  readonly performed: readonly RollbackOrder[];
  running(): string;
  /** Deploys another version, like a person. */
  run(version: string): void;
};

/**
 * A platform that runs one version. Each call uses the next of `acts`, and then always the last one; or `acts` is a function that returns it. With
 * `canAsk: false`, the hook cannot read the running version.
 */
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
      timeoutMs: 1_000,
      current: async () => (canAsk ? version : null),
      async rehearse(order) {
        const act = typeof acts === 'function' ? acts() : (acts[Math.min(call, acts.length - 1)] ?? 'works');
        if (act !== 'works') throw new EffectError('failed', `${order.target.version} cannot be put back`);
        return [`${version} is running`];
      },
      async rollBack(order) {
        if (canAsk && version === order.target.version && !order.mustAct)
          return { summary: `${version} is running`, alreadyThere: true, fingerprint: version, output: '' };
        const act = typeof acts === 'function' ? acts() : (acts[Math.min(call++, acts.length - 1)] ?? 'works');
        if (act === 'dies before') throw new Killed();
        if (act === 'gone') throw new EffectError('refused', `${order.target.version} is not there`, { targetGone: true });
        if (act !== 'works' && act !== 'times out after' && act !== 'dies after' && act !== 'breaks after')
          throw new EffectError(act, `the platform was ${act}`, { output: `said ${act}` });
        putBack(order);
        if (act === 'dies after') throw new Killed();
        if (act === 'breaks after') throw new TypeError('x is not a function');
        if (act === 'times out after') throw new EffectError('timeout', 'no answer in time');
        return { summary: `${version} is running`, alreadyThere: false, fingerprint: canAsk ? version : null, output: 'switched' };
      },
    },
  };
}
