import { EffectError } from '../../src/core/base/errors.ts';
import type { ShiftHook, ShiftOrder } from '../../src/ports/shift-hook.ts';
import type { Act } from './fake-hook.ts';
import { Killed } from './killed.ts';

export type FakeShiftHook = {
  readonly hook: ShiftHook;
  /** Every order that the splitter performed, oldest first. */
  readonly performed: readonly ShiftOrder[];
  /** The share that the release gets. */
  weight(): number;
};

/** A traffic splitter. Each call uses the next of `acts`, and then always the last one; or `acts` is a function that returns it. */
export function createFakeShiftHook({ acts = ['works'] }: { acts?: readonly Act[] | (() => Act) } = {}): FakeShiftHook {
  const performed: ShiftOrder[] = [];
  let [weight, call] = [0, 0];
  const nextAct = (): Act => (typeof acts === 'function' ? acts() : (acts[Math.min(call++, acts.length - 1)] ?? 'works'));
  return {
    performed,
    weight: () => weight,
    hook: {
      timeoutMs: 1_000,
      weight: async () => weight,
      async rehearse() {
        if (nextAct() !== 'works') throw new EffectError('failed', 'the splitter is stuck');
        return [`the release gets ${weight} %`];
      },
      async shift(order) {
        if (weight === order.weight) return { summary: `${weight} % already`, alreadyThere: true, output: '' };
        const act = nextAct();
        if (act === 'dies before') throw new Killed();
        if (act !== 'works' && act !== 'times out after' && act !== 'dies after' && act !== 'breaks after')
          throw new EffectError(act === 'gone' ? 'refused' : act, `the splitter was ${act}`, { output: `said ${act}` });
        weight = order.weight;
        performed.push(order);
        if (act === 'dies after') throw new Killed();
        if (act === 'breaks after') throw new TypeError('x is not a function');
        if (act === 'times out after') throw new EffectError('timeout', 'no answer in time');
        return { summary: `the release gets ${weight} %`, alreadyThere: false, output: 'shifted' };
      },
    },
  };
}
