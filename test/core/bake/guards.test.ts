import { expect, test } from 'vitest';
import type { Bake } from '../../../src/core/bake/bake.ts';
import type { Facts } from '../../../src/core/bake/facts.ts';
import { askGuards } from '../../../src/core/bake/guards.ts';
import type { Plan } from '../../../src/core/bake/plan.ts';
import { transition } from '../../../src/core/bake/transition.ts';
import { aBake, aPlan, judged, someFacts, step, t0, unhealthy } from '../../support/builders.ts';

const now = t0 + 3 * step + 5_000;
/** So many other services that went bad so long ago. */
const troubles = (count: number, agoMs: number) => Array.from({ length: count }, (_, i) => ({ service: `s${i}`, at: now - agoMs }));
const freeze = { service: null, by: 'ana', why: 'migration', since: t0 };

type Row = { name: string; plan?: Partial<Plan>; facts?: Partial<Facts>; bake?: Bake; before?: string; expected: string; asked: string };

/** `expected`: what the guards answer when a check failed; `asked`: when a person asks. */
const rows: readonly Row[] = [
  { name: 'with nothing in the way', expected: 'go', asked: 'go' },
  { name: 'where a person must approve', plan: { onFailure: 'approve' }, expected: 'ask', asked: 'go' },
  { name: 'where the rules only notify', plan: { onFailure: 'notify' }, expected: 'observe_only', asked: 'go' },
  { name: 'where the server only observes', plan: { observeOnly: true }, expected: 'observe_only', asked: 'go' },
  { name: 'during a freeze of everything', facts: { freeze }, expected: 'frozen', asked: 'go' },
  { name: 'during a freeze of this service', facts: { freeze: { ...freeze, service: 'shop' } }, expected: 'frozen', asked: 'go' },
  { name: 'before the end of a freeze', facts: { freeze: { ...freeze, until: now + 1 } }, expected: 'frozen', asked: 'go' },
  { name: 'at the end of a freeze', facts: { freeze: { ...freeze, until: now } }, expected: 'go', asked: 'go' },
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
  { name: 'after migrations that cannot be undone', facts: { irreversible: 'v2' }, expected: 'irreversible_migrations', asked: 'go' },
  { name: 'of what was bad before the deploy', before: 'errors: 8 %', expected: 'unhealthy_before', asked: 'go' },
  { name: 'while three other services go bad', facts: { others: troubles(3, 0) }, expected: 'shared_cause', asked: 'go' },
  { name: 'while two other services go bad', facts: { others: troubles(2, 0) }, expected: 'go', asked: 'go' },
  { name: 'after other services went bad earlier', facts: { others: troubles(9, 601_000) }, expected: 'go', asked: 'go' },
  {
    name: 'while many go bad, where that is not looked at',
    plan: { sharedCause: null },
    facts: { others: troubles(9, 0) },
    expected: 'go',
    asked: 'go',
  },
  { name: 'when the budget is spent', facts: { rollbacks: [now - 1, now - 2, now - 3] }, expected: 'budget', asked: 'go' },
  { name: 'when some of the budget is left', facts: { rollbacks: [now - 1, now - 2, now - 3_600_000] }, expected: 'go', asked: 'go' },
  {
    name: 'soon after another',
    plan: { budget: { rollbacks: 3, withinMs: 3_600_000, cooldownMs: 60_000 } },
    facts: { rollbacks: [now - 59_000] },
    expected: 'cooldown',
    asked: 'go',
  },
  {
    name: 'a cooldown after another',
    plan: { budget: { rollbacks: 3, withinMs: 3_600_000, cooldownMs: 60_000 } },
    facts: { rollbacks: [now - 60_000] },
    expected: 'go',
    asked: 'go',
  },
  {
    name: 'where only approval could be asked for what nobody can do',
    plan: { onFailure: 'approve', hook: null },
    expected: 'no_hook',
    asked: 'no_hook',
  },
];

const answer = ({ plan, facts, bake, before = null }: Omit<Row, 'before'> & { before?: string | null }, isRequest: boolean) => {
  const input = { bake: bake ?? aBake('baking'), plan: aPlan(plan), facts: someFacts(facts), before, at: now };
  const given = askGuards(input, isRequest);
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
    const event = judged(unhealthy, t0 + 3 * step, {
      facts: someFacts(row.facts),
      ...(row.before !== undefined && { before: row.before }),
    });
    const result = transition(bake, event, aPlan(row.plan));
    expect(result).toMatchObject({
      ok: true,
      next: { state: 'failed', rolledBack: 'no' },
      effects: [{ kind: 'notify', topic: 'failed' }, { kind: 'look_around' }],
    });
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
  const held = askGuards({ bake: aBake('baking'), plan: aPlan(), facts: someFacts({ freeze }), before: null, at: now }, false);
  expect(held).toMatchObject({
    hold: { reason: 'not rolled back: all services are frozen by ana (migration); lift the freeze or roll back by hand' },
  });
});

test.for<[string, Partial<Facts>, string | null, RegExp]>([
  ['migrations', { irreversible: 'v2' }, null, /the migrations of v2 cannot be undone, so v1 may no longer work; deploy a fix/],
  ['an older trouble', {}, 'errors: 8 %', /the service was already unhealthy before this deploy \(errors: 8 %\); look for another cause/],
  [
    'a shared cause',
    { others: troubles(7, 0) },
    null,
    /s0, s1, s2, s3, s4 and 2 more also became unhealthy within 10m, .* look for it first/,
  ],
  [
    'a spent budget',
    { rollbacks: [now - 1, now - 2, now - 3] },
    null,
    /there were already 3 rollbacks within 1h, and the maximum is 3; stop deploying/,
  ],
])('%s: the reason says why, and what a person should do next', ([, facts, before, words]) => {
  const held = askGuards({ bake: aBake('baking'), plan: aPlan(), facts: someFacts(facts), before, at: now }, false);
  expect(held.kind === 'hold' ? held.hold.reason : held.kind).toMatch(words);
});
