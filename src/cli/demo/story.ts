import type { DeployBody } from './api.ts';
import { errorShare, type Served } from './customers.ts';

/** Tells what happens, each line with the seconds since the demo began and who it is about. */
export type Story = {
  readonly tell: (who: string, what: string, at?: number) => void;
  readonly say: (line: string) => void;
};

/** `at` (epoch milliseconds) is when a thing happened, where that is not now. */
export function createStory(print: (line: string) => void): Story {
  const begunAt = Date.now();
  return {
    tell: (who, what, at = Date.now()) => print(`${seconds(at - begunAt).padStart(7)}  ${who.padEnd(9)}  ${what}`),
    say: print,
  };
}

/** `12.3 s` */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** `27.9 % of 240 requests failed` */
export function servedText(served: Served): string {
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
