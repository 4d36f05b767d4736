import type { DeployBody } from './api.ts';
import { errorShare, type ServedCounts } from './customers.ts';

/** Tells what happens, each line with the seconds since the demo began and who it is about. */
export type DemoStory = {
  /** Tells a thing that happened at `at` (epoch milliseconds; now, unless told). Lines are held for a moment, so that they come in order. */
  readonly tell: (who: string, what: string, at?: number) => void;
  /** Prints a line as it is, after all that was told. */
  readonly say: (line: string) => void;
  /** Prints what is still held; nothing is held from then on. */
  readonly end: () => void;
};

type StoryLine = { readonly at: number; readonly text: string };

/** News of one moment reaches us by several ways, up to a second late. */
const holdMs = 1_200;

export function createStory(print: (line: string) => void): DemoStory {
  const begunAt = Date.now();
  let held: readonly StoryLine[] = [];
  const flush = (until: number) => {
    const ripe = held.filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at);
    held = held.filter(({ at }) => at > until);
    for (const { text } of ripe) print(text);
  };
  const timer = setInterval(() => flush(Date.now() - holdMs), 200);
  return {
    tell(who, what, at = Date.now()) {
      held = [...held, { at, text: `${seconds(at - begunAt).padStart(7)}  ${who.padEnd(9)}  ${what}` }];
    },
    say(line) {
      flush(Number.POSITIVE_INFINITY);
      print(line);
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
  const share = ok + bad === 0 ? 'nobody was answered' : `${(100 * errorShare(served)).toFixed(1)} % of ${ok + bad} requests failed`;
  return lost === 0 ? share : `${share}, ${lost} more found the shop restarting`;
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
