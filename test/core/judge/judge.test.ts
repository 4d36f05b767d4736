import { describe, expect, test } from 'vitest';
import { type CheckResult, judge } from '../../../src/core/judge/judge.ts';

const passed: CheckResult = { name: 'errors', critical: true, result: { outcome: 'pass', reason: '0.1 %' } };
const failed: CheckResult = { name: 'orders', critical: true, result: { outcome: 'fail', reason: 'half as many' } };
const open: CheckResult = { name: 'latency', critical: true, result: { outcome: 'inconclusive', reason: 'no data' } };
const isNew: CheckResult = { name: 'trend', critical: true, result: { outcome: 'inconclusive', blocks: false, reason: 'no history yet' } };
const error: CheckResult = { name: 'home', critical: true, result: { outcome: 'error', kind: 'timeout', reason: 'timed out' } };
const advisory = (check: CheckResult): CheckResult => ({ ...check, critical: false });

test.for([
  {
    name: 'all critical checks passing is healthy',
    given: [passed],
    expected: { kind: 'healthy', confidence: 'full', reasons: ['Errors: 0.1 %'] },
  },
  {
    name: 'one critical failure is unhealthy',
    given: [passed, failed],
    expected: { kind: 'unhealthy', reasons: ['Orders: half as many'] },
  },
  { name: 'a failure wins over what could not be asked', given: [error, failed, open], expected: { kind: 'unhealthy' } },
  {
    name: 'an error never counts as a failure',
    given: [error],
    expected: { kind: 'undecided', couldNotAsk: true, reasons: ['Home: could not ask: timed out'] },
  },
  { name: 'an error is never read as healthy', given: [passed, error], expected: { kind: 'undecided', couldNotAsk: true } },
  { name: 'too little data is never read as healthy', given: [passed, open], expected: { kind: 'undecided', couldNotAsk: false } },
  {
    name: 'errors are named before what is open',
    given: [open, error],
    expected: { reasons: ['Home: could not ask: timed out', 'Latency: no data'] },
  },
  {
    name: 'what has no history does not block, but lowers confidence',
    given: [passed, isNew],
    expected: { kind: 'healthy', confidence: 'low' },
  },
  { name: 'an advisory failure does not decide', given: [passed, advisory(failed)], expected: { kind: 'healthy', confidence: 'full' } },
  { name: 'an advisory error does not decide', given: [passed, advisory(error), advisory(open)], expected: { kind: 'healthy' } },
  { name: 'advisory passes do not make up for an open critical check', given: [open, advisory(passed)], expected: { kind: 'undecided' } },
  { name: 'without a critical check a pass means little', given: [advisory(failed)], expected: { kind: 'healthy', confidence: 'low' } },
  {
    name: 'without any check a pass means little',
    given: [],
    expected: { kind: 'healthy', confidence: 'low', reasons: ['no critical check'] },
  },
] as { name: string; given: CheckResult[]; expected: object }[])('$name', ({ given, expected }) => {
  expect(judge(given)).toMatchObject(expected);
});

describe('what a judgement allows', () => {
  const settled: CheckResult = { name: 'latency', critical: true, result: { outcome: 'pass', reason: 'fast', settledAfterMs: 60_000 } };
  const few: CheckResult = { name: 'errors', critical: true, result: { outcome: 'inconclusive', reason: 'few', rulesOutOutage: true } };
  const but = (check: CheckResult, result: object): CheckResult => ({
    ...check,
    result: { ...check.result, ...result } as CheckResult['result'],
  });
  const silent = but(few, { isSilent: true });

  test.for<{ name: string; given: readonly CheckResult[]; clear: true | undefined }>([
    { name: 'is clear when every critical check has ruled out harm', given: [settled, settled], clear: true },
    { name: 'is not clear while a check only passes so far', given: [settled, passed], clear: undefined },
    { name: 'is not clear while a check is not compared', given: [settled, isNew], clear: undefined },
    { name: 'is not clear while a check is unproven', given: [settled, but(settled, { unproven: 'never matched' })], clear: undefined },
    { name: 'does not wait for advisory checks', given: [settled, advisory(passed)], clear: true },
    { name: 'is never clear without a critical check', given: [advisory(settled)], clear: undefined },
  ])('$name', ({ given, clear }) => {
    expect({ clear: undefined, ...judge(given) }).toMatchObject({ kind: 'healthy', clear });
  });
  test('what does not pass is named where it does not block', () => {
    expect(judge([passed, isNew])).toMatchObject({ kind: 'healthy', unmeasured: ['Trend: no history yet'] });
    expect(judge([passed, advisory(isNew)])).not.toHaveProperty('unmeasured');
    expect(judge([])).toMatchObject({ unmeasured: ['no critical check'] });
  });

  test.for<{ name: string; given: readonly CheckResult[]; held: string }>([
    { name: 'could not be asked', given: [few, error], held: 'home could not be asked' },
    { name: 'is unproven', given: [few, but(passed, { unproven: 'never matched' })], held: 'errors has never matched anything' },
    { name: 'is silent', given: [silent], held: 'errors has too little data' },
    { name: 'is silent without blocking', given: [few, but(isNew, { isSilent: true })], held: 'trend has too little data' },
    { name: 'does not rule out total failure', given: [few, open], held: 'latency does not rule out total failure' },
    { name: 'is one of several', given: [open, error], held: 'latency does not rule out total failure, home could not be asked' },
  ])('the rules do not end a bake while a check $name', ({ given, held }) => {
    const judgement = judge(given);
    expect(judgement).toMatchObject({ kind: 'undecided', heldBecause: held });
    expect(judgement).not.toHaveProperty('endsByRule');
    expect(judgement).not.toHaveProperty('isClean');
  });

  test('the rules may end it where nothing else is in doubt', () => {
    expect(judge([few, passed, isNew, advisory(error)])).toMatchObject({ kind: 'undecided', endsByRule: true, isClean: true });
  });

  test('a check that leans against the release lets the rules decide, but nothing is clean', () => {
    const judgement = judge([but(few, { leans: true })]);
    expect(judgement).toMatchObject({ endsByRule: true });
    expect(judgement).not.toHaveProperty('isClean');
  });
});
