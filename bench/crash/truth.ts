import type { CrashPoint } from './stories.ts';
import type { CrashWorld, Shop } from './world.ts';

/** What the API says of a deploy. */
export type StoryEnd = {
  readonly id: string;
  readonly state: string;
  readonly final: boolean;
  readonly summary: string;
  readonly ended_at: string | null;
};

/** A bake, and everything about it that is not true to the world. `repeats`: hooks that ran and notices that came more than once, which is allowed. */
export type CheckedStory = {
  readonly service: string;
  readonly point: CrashPoint | null;
  readonly problems: readonly string[];
  readonly repeats: { readonly hooks: number; readonly notices: number };
};

const topicsOf = { bad: ['started', 'unhealthy', 'rolled_back', 'recovered'], good: ['started', 'passed'] } as const;

type Story = { readonly shop: Shop; readonly end: StoryEnd; readonly world: CrashWorld; readonly point: CrashPoint | null };

/** Compares the end of a bake with the truth: its verdict, what the platform did and runs, and what the receivers got. */
export function checkStory({ shop: { service, isBad }, end, world, point }: Story): CheckedStory {
  const problems: string[] = [];
  const expect = (what: string, actual: unknown, expected: unknown) => {
    if (actual !== expected) problems.push(`${what}: ${actual} instead of ${expected}`);
  };
  const word = isBad ? 'recovered' : 'passed';
  const { runs, switches, overlaps } = world.platform(service);
  expect('state', end.state, isBad ? 'rolled_back' : 'passed');
  expect('running', world.running(service), isBad ? 'v1' : 'v2');
  // A shift whose result is unknown for a minute does not delay the rollback any longer, and people are asked to look.
  if (!end.summary.includes('check how much traffic the release still gets'))
    expect('share of the traffic', world.weight(service), isBad ? '0' : '100');
  expect('rollbacks', switches, isBad ? 1 : 0);
  expect('hooks at the same time', overlaps, 0);
  const notices = world.received().filter(({ to, body }) => to === 'pager' && body.includes(`"deploy_id":"${end.id}"`));
  for (const topic of topicsOf[isBad ? 'bad' : 'good']) {
    const ofTopic = notices.filter(({ body }) => body.includes(`"topic":"${topic}"`));
    expect(`different notices '${topic}' to the pager`, new Set(ofTopic.map(({ id }) => id)).size, 1);
  }
  // A digest about many deploys has one line for each topic, with their names.
  const last = new RegExp(`\\b${service}\\b.*${word}|${word}.*\\b${service}\\b`);
  const chat = world.received().filter(({ to, body }) => to === 'team' && last.test(body));
  expect('the chat knows the end', chat.length > 0, true);
  return {
    ...{ service, point },
    problems: problems.length === 0 ? [] : [...problems, end.summary],
    repeats: { hooks: Math.max(0, runs - switches), notices: notices.length - new Set(notices.map(({ id }) => id)).size },
  };
}
