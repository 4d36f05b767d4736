import { EffectError, type EffectErrorKind } from '../../src/core/errors.ts';
import type { Delivery, Notice, Notifier } from '../../src/ports/notifier.ts';

/** A channel that keeps what it is told. `fails` says how each call fails, or `null`; calls beyond it are heard. */
export type FakeNotifier = {
  readonly notifier: Notifier;
  readonly heard: readonly Notice[];
  readonly tries: readonly Omit<Delivery, 'signal'>[];
};

export function createFakeNotifier(fails: readonly (EffectErrorKind | null)[] = []): FakeNotifier {
  const heard: Notice[] = [];
  const tries: Omit<Delivery, 'signal'>[] = [];
  let call = 0;
  return {
    heard,
    tries,
    notifier: {
      showsChart: true,
      async notify(notice, { memory, isRepeat }) {
        tries.push({ memory, isRepeat });
        const kind = fails[call++];
        if (kind) throw new EffectError(kind, `the channel was ${kind}`);
        heard.push(notice);
        return { heard: heard.length };
      },
    },
  };
}
