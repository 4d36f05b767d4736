import type { CrashPoint } from './stories.ts';
import type { CrashWorld, ReceivedNotice, Shop } from './world.ts';

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
export function checkStory({ shop, end, world, point }: Story): CheckedStory {
  const { service, isBad } = shop;
  // A shift whose result is unknown for a minute does not delay the rollback any longer, and people are asked to look.
  const isShareOpen = end.summary.includes('check how much traffic the release still gets');
  const problems = [
    ...unlike('state', end.state, isBad ? 'rolled_back' : 'passed'),
    ...checkWorld({ shop, deployId: end.id, world, isShareOpen }),
    ...unlike('the chat knows the end', chatKnows(world, shop), true),
  ];
  const { runs, switches } = world.platform(service);
  const notices = noticesOf(world, end.id);
  return {
    ...{ service, point },
    problems: problems.length === 0 ? [] : [...problems, end.summary],
    repeats: { hooks: Math.max(0, runs - switches), notices: notices.length - new Set(notices.map(({ id }) => id)).size },
  };
}

type WorldStory = { readonly shop: Shop; readonly deployId: string; readonly world: CrashWorld; readonly isShareOpen?: boolean };

/** What is not true of the platform and of the notices to the pager, a line each. */
export function checkWorld({ shop: { service, isBad }, deployId, world, isShareOpen = false }: WorldStory): readonly string[] {
  const { switches, overlaps } = world.platform(service);
  const notices = noticesOf(world, deployId);
  const countOf = (topic: string) => new Set(notices.flatMap(({ id, body }) => (body.includes(`"topic":"${topic}"`) ? [id] : []))).size;
  return [
    ...unlike('running', world.running(service), isBad ? 'v1' : 'v2'),
    ...(isShareOpen ? [] : unlike('share of the traffic', world.weight(service), isBad ? '0' : '100')),
    ...unlike('rollbacks', switches, isBad ? 1 : 0),
    ...unlike('hooks at the same time', overlaps, 0),
    ...topicsOf[isBad ? 'bad' : 'good'].flatMap((topic) => unlike(`different notices '${topic}' to the pager`, countOf(topic), 1)),
  ];
}

function unlike(what: string, actual: unknown, expected: unknown): readonly string[] {
  return actual === expected ? [] : [`${what}: ${actual} instead of ${expected}`];
}

function noticesOf(world: CrashWorld, deployId: string): readonly ReceivedNotice[] {
  return world.received().filter(({ to, body }) => to === 'pager' && body.includes(`"deploy_id":"${deployId}"`));
}

/** A digest about many deploys has one line for each topic, with their names. */
function chatKnows(world: CrashWorld, { service, isBad }: Shop): boolean {
  const word = isBad ? 'recovered' : 'passed';
  const last = new RegExp(`\\b${service}\\b.*${word}|${word}.*\\b${service}\\b`);
  return world.received().some(({ to, body }) => to === 'team' && last.test(body));
}
