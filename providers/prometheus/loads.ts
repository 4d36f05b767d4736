/** How much the joined requests of each metric bring. */
export interface Loads {
  /** The maximum number of roots in the next request for a metric. */
  maxRoots(metric: string): number;
  /** Learns from an answer: its samples, and those that any query needed. */
  note(metric: string, answer: { readonly roots: number; readonly samples: number; readonly used: number }): void;
}

/** An answer should not have more samples than this: to parse them delays everything else in this process. */
const maxSamples = 100_000;
/** Assumed until the first answer: ten instances, five codes, a scrape every 15 s. */
const expectedPerRoot = 1_000;
/** A smaller waste does not matter. */
const minWaste = 5_000;
/** Roots are asked apart for this long after an answer of which most was not needed. */
const apartMs = 300_000;

type Load = { readonly perRoot: number; readonly apartUntil: number };

/** Creates the record. `now` is a monotonic clock in milliseconds. */
export function createLoads(now: () => number = () => performance.now()): Loads {
  const loads = new Map<string, Load>();
  return {
    maxRoots(metric) {
      const { perRoot, apartUntil } = loads.get(metric) ?? { perRoot: expectedPerRoot, apartUntil: 0 };
      return now() < apartUntil ? 1 : Math.max(1, Math.floor(maxSamples / perRoot));
    },
    note(metric, { roots, samples, used }) {
      const before = loads.get(metric);
      const isWasteful = roots > 1 && samples - used > Math.max(minWaste, 3 * used);
      const perRoot = Math.max(1, samples / roots);
      loads.set(metric, {
        // A larger answer counts at once, a smaller one little by little.
        perRoot: before === undefined ? perRoot : Math.max(perRoot, 0.8 * before.perRoot + 0.2 * perRoot),
        apartUntil: isWasteful ? now() + apartMs : (before?.apartUntil ?? 0),
      });
    },
  };
}
