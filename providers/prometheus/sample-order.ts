import type { Sample } from '../../src/ports/provider.ts';

/** The samples sorted by time. Servers send them in order, so that they are rarely copied. */
export function inOrder(samples: readonly Sample[]): readonly Sample[] {
  return isInOrder(samples) ? samples : samples.toSorted((a, b) => a[0] - b[0]);
}

function isInOrder(samples: readonly Sample[]): boolean {
  let last = Number.NEGATIVE_INFINITY;
  for (const sample of samples) {
    const at = sample[0];
    if (at < last) return false;
    last = at;
  }
  return true;
}

/** The part inside of a span, of samples that are in order: those after `after`, up to and with `to`. What lies inside as a whole is not copied. */
export function partInside(samples: readonly Sample[], { after, to }: { readonly after: number; readonly to: number }): readonly Sample[] {
  const first = samples[0];
  const last = samples.at(-1);
  if (first !== undefined && last !== undefined && first[0] > after && last[0] <= to) return samples;
  return samples.filter((sample) => sample[0] > after && sample[0] <= to);
}
