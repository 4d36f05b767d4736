import { describe, expect, test } from 'vitest';
import { combineVerdicts } from '../../../src/core/judge/combine-verdicts.ts';
import { explain } from '../../../src/core/judge/explanation.ts';
import type { Verdict } from '../../../src/core/judge/verdict.ts';

const pass = (headline = 'fine', settledAfterMs?: number, notes: readonly string[] = []): Verdict => ({
  outcome: 'pass',
  ...explain(headline, '', notes),
  ...(settledAfterMs !== undefined && { settledAfterMs }),
});
const fail = (headline = 'bad'): Verdict => ({ outcome: 'fail', ...explain(headline) });
const blocking = (reason = 'too little data'): Verdict => ({ outcome: 'inconclusive', reason });
const open = (headline = 'no history', notes: readonly string[] = []): Verdict => ({
  outcome: 'inconclusive',
  ...explain(headline, '', notes),
  blocks: false,
});
const lacking = (): Verdict => ({ outcome: 'inconclusive', reason: 'only 4 of 20', lacksSamples: true });

describe('the outcome of several verdicts', () => {
  test.for<{ name: string; verdicts: readonly Verdict[]; combined: Verdict }>([
    { name: 'a fail wins over everything', verdicts: [pass(), blocking(), open(), fail('slow')], combined: fail('slow') },
    { name: 'the first of two fails wins', verdicts: [fail('slow'), fail('wrong')], combined: fail('slow') },
    { name: 'a blocking inconclusive wins over a pass', verdicts: [pass(), blocking('idle')], combined: blocking('idle') },
    { name: 'a blocking inconclusive wins over one that does not block', verdicts: [open(), blocking('idle')], combined: blocking('idle') },
    { name: 'the first of two blocking ones wins', verdicts: [blocking('idle'), blocking('new')], combined: blocking('idle') },
    {
      name: 'an inconclusive that does not block wins over a pass',
      verdicts: [pass('fine'), open('new')],
      combined: open('new', ['fine']),
    },
    { name: 'only passes make a pass', verdicts: [pass('fine'), pass('fast')], combined: pass('fine', undefined, ['fast']) },
    { name: 'one verdict stays as it is', verdicts: [pass('fine', 5)], combined: pass('fine', 5) },
    {
      name: 'a limit that lacks samples blocks',
      verdicts: [lacking(), pass()],
      combined: blocking('only 4 of 20'),
    },
    {
      name: 'a limit that lacks samples is ignored where harm is ruled out',
      verdicts: [lacking(), pass('fine', 5)],
      combined: pass('fine', 5),
    },
    {
      name: 'a limit that lacks samples blocks where another condition is open',
      verdicts: [lacking(), pass('fine', 5), open()],
      combined: blocking('only 4 of 20'),
    },
    { name: 'no verdict is a pass', verdicts: [], combined: pass('nothing is asked of it') },
  ])('$name', ({ verdicts, combined }) => expect(combineVerdicts(verdicts)).toEqual(combined));
});

describe('the reasons', () => {
  test.for<{ name: string; verdicts: readonly Verdict[]; reason: string }>([
    { name: 'of passes are joined in their order', verdicts: [pass('a'), pass('b'), pass('c')], reason: 'a; b; c' },
    { name: 'of passes stand after an open one', verdicts: [pass('a'), open('b'), pass('c')], reason: 'b; a; c' },
    { name: 'of others are left out next to a fail', verdicts: [pass('a'), fail('b'), open('c')], reason: 'b' },
    { name: 'of others are left out next to a blocking one', verdicts: [pass('a'), blocking('b'), open('c')], reason: 'b' },
  ])('$name', ({ verdicts, reason }) => expect(combineVerdicts(verdicts).reason).toBe(reason));
});

describe('a combined pass', () => {
  test.for<{ name: string; verdicts: readonly Verdict[]; settled: number | undefined }>([
    { name: 'is settled when the last of its verdicts is', verdicts: [pass('a', 30), pass('b', 90), pass('c', 60)], settled: 90 },
    { name: 'is not settled while one of its verdicts is not', verdicts: [pass('a', 30), pass('b')], settled: undefined },
    { name: 'may be settled from the start', verdicts: [pass('a', 0), pass('b', 0)], settled: 0 },
    { name: 'of nothing is never settled', verdicts: [], settled: undefined },
  ])('$name', ({ verdicts, settled }) => {
    const combined = combineVerdicts(verdicts);
    expect(combined.outcome === 'pass' && combined.settledAfterMs).toBe(settled);
  });

  test('leads with the first verdict that measured something', () => {
    const evidence = { measured: 2, expected: 1 };
    const combined = combineVerdicts([pass('no readings'), { ...pass('as before'), evidence }]);
    expect(combined).toMatchObject({ reason: 'as before; no readings', explanation: { headline: 'as before' }, evidence });
  });

  test('says so where only a part of it was judged', () => {
    const evidence = { measured: 0, limit: 0.1 };
    const combined = combineVerdicts([open('not judged: no history'), { ...pass('none failed, allowed 10 %'), evidence }]);
    expect(combined).toMatchObject({
      outcome: 'inconclusive',
      blocks: false,
      explanation: { headline: 'none failed, allowed 10 %: partly judged', notes: ['not judged: no history'] },
      evidence,
    });
  });

  test('keeps the evidence of the first verdict', () => {
    const verdicts: readonly Verdict[] = [
      { ...pass(), evidence: { measured: 1 } },
      { ...pass(), evidence: { measured: 2 } },
    ];
    expect(combineVerdicts(verdicts).evidence).toEqual({ measured: 1 });
  });
});

test('the evidence of a fail stays with it', () => {
  const bad: Verdict = { ...fail(), evidence: { measured: 3, limit: 2 } };
  expect(combineVerdicts([pass(), bad])).toBe(bad);
});

describe('what keeps a combined verdict from being worth more', () => {
  const sure: Verdict = { outcome: 'inconclusive', reason: 'few', rulesOutOutage: true };
  const unproven: Verdict = { outcome: 'pass', reason: 'fine', unproven: 'never' };
  const silent: Verdict = { outcome: 'inconclusive', reason: 'no data', blocks: false, isSilent: true };
  const leaning: Verdict = { outcome: 'inconclusive', reason: 'few', rulesOutOutage: true, leans: true };
  test.for<{ name: string; verdicts: readonly Verdict[]; expected: object }>([
    { name: 'one unproven verdict is enough', verdicts: [pass(), unproven], expected: { unproven: 'never' } },
    {
      name: 'an unproven pass counts next to a blocking one',
      verdicts: [sure, unproven],
      expected: { unproven: 'never' },
    },
    { name: 'one silent verdict is enough', verdicts: [sure, silent], expected: { isSilent: true } },
    { name: 'one that leans is enough', verdicts: [sure, leaning], expected: { leans: true } },
    { name: 'one that rules out an outage is enough where the others pass', verdicts: [pass(), sure], expected: { rulesOutOutage: true } },
    { name: 'each that blocks must rule out an outage', verdicts: [sure, blocking()], expected: { rulesOutOutage: undefined } },
    { name: 'the order does not matter for that', verdicts: [blocking(), sure], expected: { rulesOutOutage: undefined } },
  ])('$name', ({ verdicts, expected }) => {
    expect({ rulesOutOutage: undefined, ...combineVerdicts(verdicts) }).toMatchObject(expected);
  });
});
