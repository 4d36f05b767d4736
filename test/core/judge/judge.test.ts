import { expect, test } from 'vitest';
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
