import type { Shop } from './world.ts';

/** A step, and at the how-manieth time the server is killed there. */
export type CrashPoint = { readonly step: string; readonly count: number };

/**
 * The releases during which a server is killed at a point (`null`: it is not killed). `spares` are made one after the other while all bakes end without
 * coming to the step: on a busy machine a short bake has few passes, for example, and each may move it.
 */
type PlannedStory = { readonly point: CrashPoint | null; readonly together: readonly Shop[]; readonly spares: readonly Shop[] };

export function storiesFor(points: readonly CrashPoint[]): readonly PlannedStory[] {
  if (points.length === 0) {
    const together = ['s0', 's1', 's2'].map((service, i) => ({ service, isBad: i === 0 }));
    return [{ point: null, together, spares: [] }];
  }
  return points.map((point, i) => {
    const service = `s${i}`;
    const mustBeBad = /^(?:roll_back|look_around):/.test(point.step);
    // A pass that moves nothing is sure in a good bake of some length only.
    const isQuiet = point.step.includes('updateQuietly');
    const shop = { service, isBad: mustBeBad || (i % 2 === 0 && !isQuiet), ...(isQuiet && { lastStageSeconds: 10 }) };
    // A digest needs two deploys in the same five seconds, which may be the end of one stretch and the beginning of the next: so of three, two are.
    const companions = point.step.startsWith('digest:') ? ['a', 'b'].map((name) => ({ service: `${service}${name}`, isBad: false })) : [];
    const spares = [10, 30, 90].map((lastStageSeconds, n) => ({
      service: `${service}x${n}`,
      isBad: mustBeBad || n === 1,
      lastStageSeconds,
    }));
    return { point, together: [shop, ...companions], spares };
  });
}
