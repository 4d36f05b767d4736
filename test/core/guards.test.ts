import { expect, test } from 'vitest';
import type { Bake } from '../../src/core/bake.ts';
import type { Facts } from '../../src/core/facts.ts';
import { askGuards } from '../../src/core/guards.ts';
import type { Plan } from '../../src/core/plan.ts';
import { transition } from '../../src/core/transition.ts';
import { aBake, aPlan, judged, someFacts, step, t0, unhealthy } from '../support/builders.ts';

const freeze = { service: null, by: 'ana', why: 'migration', since: t0 };

type Row = { name: string; plan?: Partial<Plan>; facts?: Partial<Facts>; bake?: Bake; expected: string; asked: string };

/** `expected`: what the guards answer when a check failed; `asked`: when a person asks. */
const rows: readonly Row[] = [
  { name: 'with nothing in the way', expected: 'go', asked: 'go' },
  { name: 'where a person must approve', plan: { onFailure: 'approve' }, expected: 'ask', asked: 'go' },
  { name: 'where the rules only notify', plan: { onFailure: 'notify' }, expected: 'observe_only', asked: 'go' },
  { name: 'where the server only observes', plan: { observeOnly: true }, expected: 'observe_only', asked: 'go' },
  { name: 'during a freeze of everything', facts: { freeze }, expected: 'frozen', asked: 'go' },
  { name: 'during a freeze of this service', facts: { freeze: { ...freeze, service: 'shop' } }, expected: 'frozen', asked: 'go' },
  { name: 'without a hook', plan: { hook: null }, expected: 'no_hook', asked: 'no_hook' },
  { name: 'without a known-good release', facts: { knownGood: null }, expected: 'no_known_good', asked: 'no_known_good' },
  {
    name: 'where a newer deploy took its place',
    facts: { replacedBy: { deployId: 'd3', version: 'v3' } },
    expected: 'go',
    asked: 'replaced',
  },
  {
    name: 'of a deploy that is itself a rollback',
    bake: aBake('baking', { cause: 'rollback' }),
    expected: 'rollback_deploy',
    asked: 'rollback_deploy',
  },
  {
    name: 'where only approval could be asked for what nobody can do',
    plan: { onFailure: 'approve', hook: null },
    expected: 'no_hook',
    asked: 'no_hook',
  },
];

const answer = ({ plan, facts, bake }: Row, isRequest: boolean) => {
  const given = askGuards({ bake: bake ?? aBake('baking'), plan: aPlan(plan), facts: someFacts(facts) }, isRequest);
  return given.kind === 'hold' ? given.hold.guard : given.kind;
};

test.for(rows)('a failed check $name: $expected', (row) => {
  expect(answer(row, false)).toBe(row.expected);
});

test.for(rows)('a person who asks overrides policy but not facts, $name: $asked', (row) => {
  expect(answer(row, true)).toBe(row.asked);
});

test.for(rows.filter(({ expected }) => expected !== 'go' && expected !== 'ask'))(
  'a rollback held $name pages people with the reason',
  (row) => {
    const bake = row.bake ?? aBake('baking');
    const event = judged(unhealthy, t0 + 3 * step, { facts: someFacts(row.facts) });
    const result = transition(bake, event, aPlan(row.plan));
    expect(result).toMatchObject({ ok: true, next: { state: 'failed', rolledBack: 'no' }, effects: [{ kind: 'notify', topic: 'failed' }] });
    const words = result.ok && 'reasons' in result.next ? result.next.reasons.join('; ') : '';
    expect(words).toMatch(/^errors: 9 %; not rolled back: /);
  },
);

test('a rollback that waits for approval keeps the target that was good when it was asked for', () => {
  const result = transition(aBake('baking'), judged(unhealthy, t0 + 3 * step), aPlan({ onFailure: 'approve' }));
  expect(result).toMatchObject({
    next: { state: 'awaiting_approval', target: { version: 'v1' }, nextAt: t0 + 3 * step + 5_000 + 3_600_000 },
  });
});

test('a freeze names who, why and what to do', () => {
  const held = askGuards({ bake: aBake('baking'), plan: aPlan(), facts: someFacts({ freeze }) }, false);
  expect(held).toMatchObject({
    hold: { reason: 'not rolled back: all services are frozen by ana (migration); lift the freeze or roll back by hand' },
  });
});
