import { describe, expect, test } from 'vitest';
import type { Bake, StateName } from '../../../src/core/bake/bake.ts';
import { type BakeSnapshot, decide } from '../../../src/core/bake/decide.ts';
import type { BakeEvent } from '../../../src/core/bake/event.ts';
import { describeBake } from '../../../src/core/bake/narrate.ts';
import type { Plan } from '../../../src/core/bake/plan.ts';
import {
  aBake,
  aPlan,
  clear,
  healthy,
  judged,
  notAsked,
  someFacts,
  stateNames,
  step,
  t0,
  tooLittle,
  unhealthy,
  v1,
} from '../../support/builders.ts';

const from = t0 + 2 * step;
const [endsAt, limitAt] = [from + 8 * step, from + 12 * step];
const later = t0 + 7_200_000;
const orderId = 'd2:d1';
const request = { at: later, by: 'ana', why: 'customers complain' };
const staged = aPlan({
  traffic: {
    hook: 'argo',
    stages: [
      { weight: 5, forMs: 4 * step },
      { weight: 100, forMs: 4 * step },
    ],
  },
});
const stage = { number: 1, of: 2, weight: 5, leftOut: [] };
const older = { deployId: 'd0', version: 'v0' };
const v2 = { deployId: 'd2', version: 'v2' };
const forward = {
  id: 'd2:d2:1',
  target: v2,
  reasons: ['roll forward requested by ana: why not'],
  replaces: { target: v1, rolledBack: 'yes' },
} as const;
const toZero = { kind: 'roll_back', target: v1, reasons: ['errors: 9 %'] } as const;
const toAll = { kind: 'pass', by: 'ana', why: 'looks fine' } as const;

function snapshot(bake: Bake, plan: Plan): BakeSnapshot {
  return { bake, version: 3, plan, ruleSet: { service: 'shop', environment: 'production', notify: ['team', 'pager'] } };
}

function linesAfter(bake: Bake, event: BakeEvent, plan: Plan = aPlan()) {
  const result = decide(snapshot(bake, plan), event, 'ana');
  return result.ok ? result.timeline : [{ at: event.at, kind: 'refused', by: 'ana', text: result.refusal }];
}

type Row = {
  readonly name: string;
  readonly bake: Bake;
  readonly event: BakeEvent;
  readonly plan?: Plan;
  readonly line: readonly [kind: string, text: string];
};

/** One row for each way into a state: the line has the name of the new state as its kind. */
const transitions: readonly Row[] = [
  {
    name: 'the end of the warm-up says that the checks are watched',
    bake: aBake('warming'),
    event: { type: 'elapsed', at: later },
    line: ['baking', 'watching the checks'],
  },
  {
    name: 'a deploy that never finished ends inconclusive with the reason',
    bake: aBake('warming', { deployedAt: null }),
    event: { type: 'elapsed', at: later },
    line: ['inconclusive', 'inconclusive: the pipeline registered the start of this deploy but never reported that it finished'],
  },
  {
    name: 'the first shift names the share and the stage',
    bake: aBake('warming'),
    event: { type: 'elapsed', at: later },
    plan: staged,
    line: ['shifting', 'shifting 5 % of the traffic to the release, for stage 1'],
  },
  {
    name: 'a stage names its number, its share and what is watched',
    bake: aBake('shifting'),
    event: { type: 'shifted', at: later, shiftId: 'd2:shift:5', summary: '5 %' },
    plan: staged,
    line: ['baking', 'stage 1 of 2, 5 % of the traffic: watching the checks'],
  },
  {
    name: 'a failed shift to more traffic is told with its error',
    bake: aBake('shifting'),
    event: { type: 'shift_failed', at: later, shiftId: 'd2:shift:5', reason: 'no such rollout' },
    plan: staged,
    line: ['shifting', 'shifting all traffic back to the stable release: the shift of traffic to 5 % failed: no such rollout'],
  },
  {
    name: 'an unhealthy stage first takes the traffic back, with the reasons of the checks',
    bake: aBake('baking', { stage, weight: 5 }),
    event: judged(unhealthy, from + step),
    plan: staged,
    line: ['shifting', 'shifting all traffic back to the stable release: errors: 9 %'],
  },
  {
    name: 'a person who passes a bake in stages shifts all traffic, with name and reason',
    bake: aBake('baking', { stage, weight: 5 }),
    event: { type: 'passed_by_hand', ...request },
    plan: staged,
    line: ['shifting', 'shifting all traffic to the release: passed by ana: customers complain'],
  },
  {
    name: 'a healthy end says what the checks say',
    bake: aBake('baking'),
    event: judged(healthy, endsAt),
    line: ['passed', 'passed: errors: 0.1 %'],
  },
  {
    name: 'a bake that is undecided at its limit says why',
    bake: aBake('baking'),
    event: judged(tooLittle, limitAt),
    line: ['inconclusive', 'inconclusive: errors: too little data'],
  },
  {
    name: 'an unhealthy bake names the target and the reasons',
    bake: aBake('baking'),
    event: judged(unhealthy, from + step),
    line: ['rolling_back', 'rolling back to v1: errors: 9 %'],
  },
  {
    name: 'a bake that needs approval names the target',
    bake: aBake('baking'),
    event: judged(unhealthy, from + step),
    plan: aPlan({ onFailure: 'approve' }),
    line: ['awaiting_approval', 'waiting for a person to approve the rollback to v1: errors: 9 %'],
  },
  {
    name: 'a held rollback says that it was not rolled back, and why',
    bake: aBake('baking'),
    event: judged(unhealthy, from + step),
    plan: aPlan({ hook: null }),
    line: ['failed', 'failed: errors: 9 %; not rolled back: the rules name no rollback hook; roll back by hand'],
  },
  {
    name: 'an approval names the person',
    bake: aBake('awaiting_approval'),
    event: { type: 'approved', at: later, by: 'ana' },
    line: ['rolling_back', 'rolling back to v1: errors: 9 %; approved by ana'],
  },
  {
    name: 'an approval that did not come says that nothing was rolled back',
    bake: aBake('awaiting_approval'),
    event: { type: 'elapsed', at: later },
    line: ['failed', 'failed, not rolled back: errors: 9 %; the rollback was not approved within 1h'],
  },
  {
    name: 'a requested rollback names the person and the reason',
    bake: aBake('passed'),
    event: { type: 'rollback_requested', ...request, facts: someFacts() },
    line: ['rolling_back', 'rolling back to v1: rollback requested by ana: customers complain'],
  },
  {
    name: 'a performed rollback says what runs and what is watched',
    bake: aBake('rolling_back'),
    event: { type: 'rollback_succeeded', at: later, orderId, summary: 'v1 is running' },
    line: ['verifying', 'v1 runs again; watching whether the service recovers'],
  },
  {
    name: 'a rollback without an answer says that its result is unknown',
    bake: aBake('rolling_back'),
    event: { type: 'elapsed', at: later },
    line: ['failed', 'failed: the rollback to v1 was ordered 10m ago, and its result is unknown; check which release runs; errors: 9 %'],
  },
  {
    name: 'a recovery keeps the reasons of the rollback',
    bake: aBake('verifying', { healthyTicks: 1 }),
    event: judged(healthy, from + 2 * step),
    line: ['rolled_back', 'rolled back to v1 because of errors: 9 %; the service has recovered'],
  },
  {
    name: 'a rollback without a recovery says that both happened',
    bake: aBake('verifying'),
    event: judged(unhealthy, from + 4 * step),
    line: [
      'failed',
      'failed: rolled back to v1, but the checks still fail: the rollback did not help; errors: 9 %; this release is not counted as bad; to put it back, run: bakewatch roll-forward d2 --why "…"',
    ],
  },
  {
    name: 'a rollback whose recovery could not be asked says that it is not known',
    bake: aBake('verifying'),
    event: judged(notAsked, from + 4 * step),
    line: ['failed', `failed: rolled back to v1, but the recovery could not be verified; ${notAsked.reasons[0]}`],
  },
  {
    name: 'a roll forward names the person and the reason, and is no second rollback',
    bake: aBake('failed', { rolledBack: 'yes', didNotHelp: true, rolledBackTo: v1 }),
    event: { type: 'forward_requested', ...request, own: v2, isExonerated: false, isConfirmed: false, facts: someFacts() },
    line: ['rolling_forward', 'rolling forward to v2: roll forward requested by ana: customers complain'],
  },
  {
    name: 'a roll forward that fails the checks is no failed rollback',
    bake: aBake('verifying', { forwards: 1, order: forward }),
    event: judged(unhealthy, from + 4 * step),
    line: ['failed', 'failed: rolled forward, but the checks still fail; errors: 9 %; roll forward requested by ana: why not'],
  },
  {
    name: 'a cancellation names the person',
    bake: aBake('baking'),
    event: { type: 'canceled', at: later, by: 'ana' },
    line: ['canceled', 'canceled by ana'],
  },
  {
    name: 'a cancellation between two stages says which share the release keeps',
    bake: aBake('baking', { stage, weight: 5 }),
    event: { type: 'canceled', at: later, by: 'ana' },
    plan: staged,
    line: ['canceled', 'canceled by ana; the release keeps 5 % of the traffic'],
  },
  {
    name: 'a newer deploy during a shift says that the share is unknown',
    bake: aBake('shifting'),
    event: { type: 'superseded', at: later, by: 'd3', version: 'v3' },
    plan: staged,
    line: ['superseded', 'superseded by v3; the shift to 5 % was not finished: check how much traffic the release gets'],
  },
];

/** One row for each event that keeps the state and still matters. */
const sameState: readonly Row[] = [
  {
    name: 'a target that is gone is no second rollback: the rollback limit counts only one',
    bake: aBake('rolling_back'),
    event: { type: 'rollback_failed', at: later, orderId, outcome: 'no', reasons: ['gone'], gone: someFacts({ knownGood: older }) },
    plan: aPlan({ nextKnownGood: true }),
    line: ['target_gone', 'rolling back to v0: errors: 9 %; release v1 is gone from the platform'],
  },
  {
    name: 'a provider that is down for too long is told once, with the reasons',
    bake: aBake('baking', { blind: { since: from, told: false } }),
    event: judged(notAsked, from + 4 * step),
    line: ['blind', 'errors: could not ask: down'],
  },
  {
    name: 'a provider that answers again is told after people were notified',
    bake: aBake('baking', { blind: { since: from, told: true } }),
    event: judged(tooLittle, from + 4 * step),
    line: ['sighted', 'the provider answers again; errors: too little data'],
  },
  {
    name: 'the end of a deploy that was registered at its start is told',
    bake: aBake('warming', { deployedAt: null }),
    event: { type: 'finished', at: later },
    line: ['finished', 'the deploy has finished; warming up'],
  },
  {
    name: 'an extension begins, with its latest end and why',
    bake: aBake('baking'),
    event: judged(tooLittle, endsAt),
    line: ['extended', `extended until ${new Date(limitAt).toISOString().slice(11, 19)} UTC at the latest: errors: too little data`],
  },
  {
    name: 'harm is ruled out',
    bake: aBake('baking'),
    event: judged(clear, from + step),
    line: ['clear', `every critical check has ruled out harm; the bake goes on until ${new Date(endsAt).toISOString().slice(11, 19)} UTC`],
  },
  {
    name: 'an extension names its length',
    bake: aBake('baking'),
    event: { type: 'extended', at: later, byMs: 900_000 },
    line: ['extended', 'the bake was extended by 15m'],
  },
  {
    name: 'a late answer to a shift back is told while the rollback is in progress',
    bake: aBake('rolling_back', { weight: 5 }),
    event: { type: 'shifted', at: later, shiftId: 'd2:shift:0', summary: 'all traffic is on stable' },
    plan: staged,
    line: ['shifted', 'all traffic is on stable'],
  },
  {
    name: 'a person who passes a bake during the last shift is told, although the order stays the same',
    bake: aBake('shifting', { shift: { id: 'd2:shift:100', weight: 100 } }),
    event: { type: 'passed_by_hand', ...request },
    plan: staged,
    line: ['passed_by_hand', 'shifting all traffic to the release: passed by ana: customers complain'],
  },
];

describe('the timeline', () => {
  test.for([...transitions, ...sameState])('$name', ({ bake, event, plan, line: [kind, text] }) => {
    expect(linesAfter(bake, event, plan)).toEqual([{ at: event.at, kind, by: 'ana', text }]);
  });

  test('has a row above for every state that a bake can enter', () => {
    const entered = new Set(transitions.map(({ line }) => line[0]));
    expect(stateNames.filter((state) => state !== 'warming' && !entered.has(state))).toEqual([]);
  });

  test.for<{ name: string; bake: Bake; event: BakeEvent }>([
    { name: 'an undecided pass', bake: aBake('baking'), event: judged(tooLittle, from + step) },
    { name: 'a healthy pass before the end', bake: aBake('baking'), event: judged(healthy, from + step) },
    { name: 'a provider that is down for a moment', bake: aBake('baking'), event: judged(notAsked, from + step) },
    {
      name: 'a provider that is still down after the notice',
      bake: aBake('baking', { blind: { since: from, told: true } }),
      event: judged(notAsked, from + 6 * step),
    },
    { name: 'an extension that goes on', bake: aBake('baking', { extendedSince: endsAt }), event: judged(tooLittle, endsAt + step) },
    { name: 'a bake that stays clear', bake: aBake('baking', { clearAt: from }), event: judged(clear, from + step) },
    { name: 'a tick of the recovery', bake: aBake('verifying'), event: judged(healthy, from + step) },
  ])('$name adds no line', ({ bake, event }) => {
    expect(linesAfter(bake, event)).toEqual([]);
  });

  test('a shift that a freeze holds adds no line each time it is tried', () => {
    const freeze = { service: null, by: 'ana', why: 'a sale', since: t0 };
    expect(linesAfter(aBake('warming'), { type: 'elapsed', at: from, freeze }, staged)).toEqual([]);
  });
});

describe('a state in one sentence', () => {
  test.for<[name: string, bake: Bake, text: string]>([
    ['a warm-up', aBake('warming'), 'warming up'],
    ['a deploy that has not finished', aBake('warming', { deployedAt: null }), 'waiting for the deploy to finish'],
    ['a held first shift', aBake('warming', { held: 'the shift to 5 % waits' }), 'the shift to 5 % waits'],
    ['a bake with open reasons', aBake('baking', { reasons: ['errors: 1 of 3'] }), 'baking: errors: 1 of 3'],
    [
      'a stage with open reasons',
      aBake('baking', { stage, reasons: ['errors: 1 of 3'] }),
      'stage 1 of 2, 5 % of the traffic: baking: errors: 1 of 3',
    ],
    ['a shift back', aBake('shifting', { after: toZero }), 'shifting all traffic back to the stable release: errors: 9 %'],
    ['a shift of all traffic', aBake('shifting', { after: toAll }), 'shifting all traffic to the release: passed by ana: looks fine'],
    [
      'a recovery that was not measured',
      aBake('rolled_back', { unconfirmed: ['errors: few'] }),
      'rolled back to v1 because of errors: 9 %; its recovery could not be measured (errors: few)',
    ],
    [
      'a rollback to an unverified release',
      aBake('awaiting_approval', { target: { ...v1, isUnverified: true } }),
      'waiting for a person to approve the rollback to v1 (unverified): errors: 9 %',
    ],
    ['a failure with a rollback', aBake('failed', { rolledBack: 'yes' }), 'failed, rolled back but not recovered: errors: 9 %'],
    ['an unknown rollback', aBake('failed', { rolledBack: 'unknown' }), 'failed, with an unknown rollback result: errors: 9 %'],
  ])('%s', ([, bake, text]) => {
    expect(describeBake(bake)).toBe(text);
  });

  test.for(stateNames)('%s is never empty', (state: StateName) => {
    expect(describeBake(aBake(state))).toMatch(/^\S.*\S$/);
  });
});

describe('a decision', () => {
  test('gives each effect the id of the bake, the next version and its position; a notice becomes one effect per notifier', () => {
    const result = decide(snapshot(aBake('baking'), aPlan()), judged(unhealthy, from + step), 'bakewatch');
    expect(result.ok && result.effects.map(({ id, kind }) => [id, kind])).toEqual([
      ['d2:4:0', 'roll_back'],
      ['d2:4:1:team', 'notify'],
      ['d2:4:1:pager', 'notify'],
      ['d2:4:2', 'look_around'],
    ]);
  });

  test('names the place of a shift, so that shifts of one place are performed in order', () => {
    const result = decide(snapshot(aBake('warming'), staged), { type: 'elapsed', at: later }, 'bakewatch');
    expect(result).toMatchObject({ ok: true, effects: [{ kind: 'shift', place: 'shop/production' }] });
  });

  test('writes who caused the event, and when', () => {
    const result = decide(snapshot(aBake('baking'), aPlan()), judged(healthy, endsAt), 'bakewatch');
    expect(result).toMatchObject({ ok: true, timeline: [{ at: endsAt + 5_000, by: 'bakewatch', kind: 'passed' }] });
  });

  test('of an event that makes no sense is the refusal of the transition: no effect, no line', () => {
    expect(decide(snapshot(aBake('passed'), aPlan()), { type: 'canceled', at: later, by: 'ana' }, 'ana')).toEqual({
      ok: false,
      refusal: 'the bake is passed',
    });
  });
});
