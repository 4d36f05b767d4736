import type { StoryEnd } from '../crash/truth.ts';
import type { CrashWorld, Shop } from '../crash/world.ts';

/** A bake at the end of the run. `end: null`: no server knows it any more. `unregistered`: none ever answered its registration. */
export type ChaosBake = { readonly shop: Shop; readonly end: StoryEnd | 'unregistered' | null };

/** What must have been sent to the pager, by how the bake ended. */
const topicsOf: Readonly<Record<string, readonly string[]>> = {
  passed: ['started', 'passed'],
  rolled_back: ['started', 'unhealthy', 'rolled_back', 'recovered'],
  failed: ['started', 'failed'],
  inconclusive: ['started', 'inconclusive'],
};

const verdictOf: Readonly<Record<string, 'good' | 'bad' | 'undecided'>> = {
  passed: 'good',
  rolled_back: 'bad',
  failed: 'bad',
  inconclusive: 'undecided',
};

/** Counts what came of the bakes, and lists those that did not end as they must. */
export function scoreChaos(bakes: readonly ChaosBake[], world: CrashWorld) {
  const scores = bakes.map((bake) => scoreOf(bake, world));
  const count = (isSo: (score: BakeScore) => boolean) => scores.filter(isSo).length;
  const sum = (of: (score: BakeScore) => number) => scores.reduce((all, score) => all + of(score), 0);
  return {
    bakes: {
      all: bakes.length,
      unregistered: count(({ fate }) => fate === 'unregistered'),
      lost: count(({ fate }) => fate === 'lost'),
      stuck: count(({ fate }) => fate === 'stuck'),
    },
    verdicts: {
      right: count(({ verdict }) => verdict === 'right'),
      undecided: count(({ verdict }) => verdict === 'undecided'),
      wrong: count(({ verdict }) => verdict === 'wrong'),
      /** Bad releases that were good while they baked: the answer to their registration came when the bake was over. */
      toldLate: count(({ isToldLate }) => isToldLate),
    },
    rollbacks: {
      once: count(({ isBad, switches }) => isBad && switches === 1),
      doubled: count(({ switches }) => switches > 1),
      never: count(({ isBad, switches }) => isBad && switches === 0),
      ofGoodReleases: count(({ isBad, switches }) => !isBad && switches > 0),
      atTheSameTime: sum(({ overlaps }) => overlaps),
      hookRuns: sum(({ runs }) => runs),
    },
    notices: {
      delivered: sum(({ delivered }) => delivered),
      lost: sum(({ lost }) => lost.length),
      repeated: sum(({ repeated }) => repeated),
    },
    notAsTheyMust: scores.filter(({ fate, verdict, isBad, switches, overlaps, lost }) => {
      const isRight = fate === 'ended' && verdict === 'right' && switches === (isBad ? 1 : 0);
      return !(isRight && overlaps === 0 && lost.length === 0);
    }),
  };
}

type BakeScore = ReturnType<typeof scoreOf>;

/** A release that is bad for a shorter time cannot be told from a good one: three ticks. */
const minBadMs = 3_000;

function scoreOf({ shop: { service, isBad: becomesBad }, end: last }: ChaosBake, world: CrashWorld) {
  const end = last === 'unregistered' ? null : last;
  const endedAt = end?.ended_at ? Date.parse(end.ended_at) : Number.POSITIVE_INFINITY;
  const isToldLate = becomesBad && world.releasedAt(service) + minBadMs > endedAt;
  const isBad = becomesBad && !isToldLate;
  const fate = last === 'unregistered' ? last : end === null ? 'lost' : end.final ? 'ended' : 'stuck';
  const said = verdictOf[end?.state ?? ''] ?? 'undecided';
  const verdict = said === 'undecided' ? said : (said === 'bad') === isBad ? 'right' : 'wrong';
  const notices = world.received().filter(({ to, body }) => to === 'pager' && body.includes(`"deploy_id":"${end?.id}"`));
  const distinct = new Set(notices.map(({ id }) => id)).size;
  const lost = (topicsOf[end?.state ?? ''] ?? []).filter((topic) => !notices.some(({ body }) => body.includes(`"topic":"${topic}"`)));
  const counts = { delivered: distinct, repeated: notices.length - distinct, lost };
  return {
    service,
    isBad,
    isToldLate,
    fate,
    verdict,
    state: end?.state,
    summary: end?.summary,
    ...world.platform(service),
    ...counts,
  } as const;
}
