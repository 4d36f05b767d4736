import type { LastStageSeconds, Shop } from './world.ts';

/** A step, and at the how-manieth time the server is killed there. */
export type CrashPoint = { readonly step: string; readonly count: number };

/**
 * The releases during which a server is killed at a point (`null`: it is not killed). `spares` are made one after the other while all bakes end without
 * coming to the step: on a busy machine a short bake has few passes, for example, and each may move it.
 */
type PlannedStory = { readonly point: CrashPoint | null; readonly together: readonly Shop[]; readonly spares: readonly Shop[] };

/** Plans a story for each point when its turn comes. `null`: one, in which a bad and two good releases go undisturbed. */
export async function* storiesFor(points: AsyncIterable<CrashPoint> | null): AsyncGenerator<PlannedStory> {
  if (points === null) return yield { point: null, together: undisturbed, spares: [] };
  let count = 0;
  for await (const point of points) {
    yield storyFor(point, count);
    count += 1;
  }
}

// A pass that moves nothing is sure in a good bake of some length only.
const quietSeconds = 10;
const undisturbed = [shopOf('s0', true), shopOf('s1', false, quietSeconds), shopOf('s2', false)];

function shopOf(name: string, isBad: boolean, seconds: LastStageSeconds = 3): Shop {
  return { service: `${name}-${seconds}`, isBad };
}

function storyFor(point: CrashPoint, i: number): PlannedStory {
  const name = `s${i}`;
  const mustBeBad = /^(?:roll_back|look_around):/.test(point.step);
  const isQuiet = point.step.includes('updateQuietly');
  const shop = isQuiet ? shopOf(name, mustBeBad, quietSeconds) : shopOf(name, mustBeBad || i % 2 === 0);
  // A digest needs two deploys in the same five seconds, which may be the end of one stretch and the beginning of the next: so of three, two are.
  const companions = point.step.startsWith('digest:') ? ['a', 'b'].map((one) => shopOf(`${name}${one}`, false)) : [];
  const spares = ([10, 30, 90] as const).map((seconds, n) => shopOf(`${name}x${n}`, mustBeBad || n === 1, seconds));
  return { point, together: [shop, ...companions], spares };
}
