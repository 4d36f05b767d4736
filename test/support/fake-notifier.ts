import { EffectError, type EffectErrorKind } from '../../src/core/base/errors.ts';
import type { Chart } from '../../src/core/chart/chart.ts';
import type { Delivery, Notice, Notifier } from '../../src/ports/notifier.ts';

/** A notifier that records its notices. `fails` holds the error kind of each call, or `null`; later calls succeed. */
export type FakeNotifier = {
  readonly notifier: Notifier;
  readonly heard: readonly Notice[];
  /** The chart of each recorded notice. */
  readonly charts: readonly (Chart | null)[];
  readonly tries: readonly Try[];
};

type Try = Pick<Delivery, 'memory' | 'isRepeat'>;

export function createFakeNotifier(fails: readonly (EffectErrorKind | null)[] = []): FakeNotifier {
  const heard: Notice[] = [];
  const charts: (Chart | null)[] = [];
  const tries: Try[] = [];
  let call = 0;
  return {
    heard,
    charts,
    tries,
    notifier: {
      async notify(notice, { memory, isRepeat, chart }) {
        tries.push({ memory, isRepeat });
        const kind = fails[call++];
        if (kind) throw new EffectError(kind, `the channel was ${kind}`);
        charts.push(await chart());
        heard.push(notice);
        return { heard: heard.length };
      },
    },
  };
}
