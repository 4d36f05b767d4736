import type { DeployBody } from './api.ts';
import { errorShare, type ServedCounts } from './customers.ts';

/** Prints what happens. Each line begins with the seconds since the demo began, and the actor. */
export type DemoStory = {
  /** Prints an event of time `at` (epoch milliseconds; default: now). Lines are delayed for a moment, so that they come in the order of time. */
  readonly event: (who: string, what: string, at?: number) => void;
  /** Prints a line as it is, after all events before it. */
  readonly line: (text: string) => void;
  /** Prints the lines that are still delayed, and stops the timer. */
  readonly end: () => void;
};

type StoryLine = { readonly at: number; readonly text: string };

/** Events of one moment arrive on several ways, up to a second late. */
const delayMs = 1_200;

export function createStory(print: (line: string) => void): DemoStory {
  const startedAt = Date.now();
  let pending: readonly StoryLine[] = [];
  const flush = (until: number) => {
    const due = pending.filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at);
    pending = pending.filter(({ at }) => at > until);
    for (const { text } of due) print(text);
  };
  const timer = setInterval(() => flush(Date.now() - delayMs), 200);
  return {
    event(who, what, at = Date.now()) {
      pending = [...pending, { at, text: `${seconds(at - startedAt).padStart(7)}  ${who.padEnd(9)}  ${what}` }];
    },
    line(text) {
      flush(Number.POSITIVE_INFINITY);
      print(text);
    },
    end() {
      clearInterval(timer);
      flush(Number.POSITIVE_INFINITY);
    },
  };
}

/** `12.3 s` */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** `27.9 % of 240 requests failed` */
export function servedText(served: ServedCounts): string {
  const { ok, bad, lost } = served;
  const share = ok + bad === 0 ? 'no request was answered' : `${(100 * errorShare(served)).toFixed(1)} % of ${ok + bad} requests failed`;
  return lost === 0 ? share : `${share}, ${lost} more got no answer because the shop was restarting`;
}

/** The rollback in numbers, each with the time since the bad release went into service. */
export function rollbackSummary(deploy: DeployBody, inServiceAt: number): readonly string[] {
  const steps: readonly (readonly [kind: string, what: string])[] = [
    ['rolling_back', 'found unhealthy, rollback ordered'],
    ['hook_started', 'rollback hook started'],
    ['hook_ended', 'rollback hook done'],
    ['verifying', 'v1 back in service, recovery watched'],
    ['rolled_back', 'recovered'],
  ];
  return steps.flatMap(([kind, what]) => {
    const entry = deploy.timeline.find((each) => each.kind === kind);
    return entry ? [`${seconds(Date.parse(entry.at) - inServiceAt).padStart(9)}  ${what}`] : [];
  });
}
