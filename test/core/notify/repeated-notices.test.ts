import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bake } from '../../../src/core/bake/bake.ts';
import { transition } from '../../../src/core/bake/transition.ts';
import type { Judgement } from '../../../src/core/judge/judgement.ts';
import { shouldNotifyDrillFailure } from '../../../src/core/notify/should-notify-drill-failure.ts';
import { aBake, aPlan, judged, notAsked, step, t0, tooLittle } from '../../support/builders.ts';

const hour = 3_600_000;
/** Long enough never to end here. */
const plan = aPlan({ forMs: 10_000 * step, blindAfterMs: 3 * step });

/** What people hear while a bake is judged so, tick by tick. */
function heard(judgements: readonly Judgement[]): readonly { readonly topic: string; readonly at: number }[] {
  let bake: Bake = aBake('baking', { endsAt: t0 + 10_000 * step, limitAt: t0 + 20_000 * step });
  return judgements.flatMap((judgement, i) => {
    const moved = transition(bake, judged(judgement, t0 + (i + 3) * step), plan);
    if (!moved.ok) throw new Error(moved.refusal);
    bake = moved.next;
    return moved.effects.flatMap((effect) => (effect.kind === 'notify' ? [{ topic: effect.topic, at: i }] : []));
  });
}

const away = (ticks: number) => Array.from({ length: ticks }, () => notAsked);
const back = (ticks: number) => Array.from({ length: ticks }, () => tooLittle);

describe('while nothing changes, nothing is told', () => {
  test('a provider that stays away is told once', () => {
    expect(heard(away(500)).map(({ topic }) => topic)).toEqual(['blind']);
  });

  test('a bake that waits for traffic is never told', () => {
    expect(heard(back(500))).toEqual([]);
  });

  test('a provider that comes and goes is told less and less', () => {
    const flapping = Array.from({ length: 100 }, () => [...away(5), ...back(1)]).flat();
    expect(heard(flapping).map(({ topic }) => topic)).toEqual(['blind', 'sighted']);
    const slower = Array.from({ length: 100 }, () => [...away(7), ...back(1)]).flat();
    expect(heard(slower).map(({ topic }) => topic)).toEqual(['blind', 'sighted', 'blind', 'sighted']);
  });

  test('however it comes and goes, both are told in turn, and few times', () => {
    const phases = fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 5 })), { maxLength: 60, size: 'max' });
    fc.assert(
      fc.property(phases, (list) => {
        const judgements = list.flatMap(([gone, there]) => [...away(gone), ...back(there)]);
        const told = heard(judgements);
        expect(told.map(({ topic }) => topic)).toEqual(told.map((_, i) => (i % 2 === 0 ? 'blind' : 'sighted')));
        // The nth time it must have been away for 3 ticks times 2 to the n.
        const blind = told.filter(({ topic }) => topic === 'blind').length;
        expect(3 * (2 ** blind - 1)).toBeLessThanOrEqual(judgements.filter((one) => one === notAsked).length);
      }),
    );
  });
});

describe('a drill that failed is news', () => {
  const drill = (kind: string, at: number) => ({ kind, at: at * hour });
  test.for([
    { name: 'the first time', before: [], at: 0, is: true },
    { name: 'after one that went well', before: [drill('drill_failed', 0), drill('drilled', 1)], at: 2, is: true },
    { name: 'not again an hour later', before: [drill('drilled', 0), drill('drill_failed', 1)], at: 2, is: false },
    { name: 'not again after many hours', before: [drill('drill_failed', 1), drill('drill_failed', 20)], at: 24, is: false },
    { name: 'again a day later', before: [drill('drill_failed', 1), drill('drill_failed', 24)], at: 25, is: true },
    { name: 'once that day', before: [drill('drill_failed', 1), drill('drill_failed', 25)], at: 26, is: false },
    { name: 'whatever else is in the story', before: [drill('drill_failed', 1), drill('notice_given_up', 2)], at: 3, is: false },
  ])('$name', ({ before, at, is }) => expect(shouldNotifyDrillFailure(before, at * hour)).toBe(is));

  test('drilled every hour for a week, it is told once a day', () => {
    const story: { kind: string; at: number }[] = [];
    let told = 0;
    for (let at = 0; at < 168; at++) {
      if (shouldNotifyDrillFailure(story, at * hour)) told += 1;
      story.push(drill('drill_failed', at));
    }
    expect(told).toBe(7);
  });
});
