import { setTimeout as wait } from 'node:timers/promises';
import type { CrashPoint } from './stories.ts';

/** The points at which a server is still to be killed. Chains take them one after the other, while more may become known. */
export type PointQueue = {
  add(points: readonly CrashPoint[]): void;
  /** Says that no more points come. */
  end(): void;
  /** Waits for a point. `null`: there are no more. */
  next(): Promise<CrashPoint | null>;
};

/**
 * Steps in the order in which servers are killed at them. A kill while a shift or a rollback is under way may have to be waited for, so the steps that most
 * often have one go first: the waits go on during the other kills.
 */
const order = [/^(?:roll_back|shift):/, /^(?:digest|look_around):/, /^(?!server:)/, /^/] as const;

export function createPointQueue(): PointQueue {
  const waiting: CrashPoint[] = [];
  let isEnded = false;
  return {
    add: (points) => void waiting.push(...points),
    end: () => {
      isEnded = true;
    },
    async next() {
      for (;;) {
        const next = order.map((steps) => waiting.findIndex(({ step }) => steps.test(step))).find((i) => i >= 0);
        const [point] = waiting.splice(next ?? 0, 1);
        if (point !== undefined) return point;
        if (isEnded) return null;
        await wait(50);
      }
    },
  };
}

/** Steps that differ. One before a call and one before the commit of its transaction are the same to the database: the later one is enough. */
export function distinct(steps: readonly string[]): readonly string[] {
  return steps.filter((step) => !steps.includes(`${step} commit`));
}

/** The steps that are distinct for sure, while more may be seen: whether a call has a commit is known after it. */
export function surelyDistinct(steps: readonly string[]): readonly string[] {
  return distinct(steps).filter((step) => !step.endsWith(', before') || steps.includes(step.replace(/before$/, 'after')));
}
