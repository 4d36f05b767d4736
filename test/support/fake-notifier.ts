import { EffectError, type EffectErrorKind } from '../../src/core/errors.ts';
import type { Notice, Notifier } from '../../src/ports/notifier.ts';

/** A channel that keeps what it is told. `fails` says how each call fails, or `null`; calls beyond it are heard. */
export type FakeNotifier = { readonly notifier: Notifier; readonly heard: readonly Notice[] };

export function createFakeNotifier(fails: readonly (EffectErrorKind | null)[] = []): FakeNotifier {
  const heard: Notice[] = [];
  let call = 0;
  return {
    heard,
    notifier: {
      async notify(notice) {
        const kind = fails[call++];
        if (kind) throw new EffectError(kind, `the channel was ${kind}`);
        heard.push(notice);
      },
    },
  };
}
