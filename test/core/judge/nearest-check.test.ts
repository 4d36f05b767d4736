import { expect, test } from 'vitest';
import { explain } from '../../../src/core/judge/explanation.ts';
import type { CheckResult } from '../../../src/core/judge/judge.ts';
import { nearestCheck } from '../../../src/core/judge/nearest-check.ts';

const pass = (name: string, strength?: number): CheckResult => ({
  name,
  critical: true,
  result: { outcome: 'pass', ...explain('0.4 % of requests failed, was 0.5 %'), ...(strength !== undefined && { evidence: { strength } }) },
});
const leaning: CheckResult = {
  name: 'errors',
  critical: true,
  result: { outcome: 'inconclusive', leans: true, ...explain('0.91 % of requests failed, was 0.54 %'), evidence: { strength: 0.583 } },
};
const early: CheckResult = {
  name: 'orders',
  critical: true,
  result: { outcome: 'inconclusive', ...explain('2 of 12 requests failed') },
};
const unasked: CheckResult = { name: 'memory', critical: true, result: { outcome: 'error', kind: 'timeout', reason: 'no answer in 10s' } };
const unproven: CheckResult = {
  name: 'queue',
  critical: true,
  result: { outcome: 'pass', ...explain('0 failed'), unproven: 'unproven: no series has ever matched status="500"; the label has 2xx' },
};

test.for<{ what: string; checks: readonly CheckResult[]; says: { level: string; headline: string; detail: string } }>([
  {
    what: 'a check that leans against the release comes before all others',
    checks: [pass('latency', 0.09), unasked, early, leaning, unproven],
    says: {
      level: 'suspicious',
      headline: 'Errors: 0.91 % of requests failed, was 0.54 %',
      detail: 'suspicious, not yet sure: 58 % of the evidence',
    },
  },
  {
    what: 'a provider that does not answer is worse than a check that proves nothing',
    checks: [unproven, unasked],
    says: { level: 'unasked', headline: 'Memory: could not be asked', detail: 'no answer in 10s' },
  },
  {
    what: 'a check that proves nothing is worse than one that cannot tell yet',
    checks: [early, unproven],
    says: { level: 'unproven', headline: 'Queue not proven: no series has ever matched status="500"', detail: 'the label has 2xx' },
  },
  {
    what: 'a check that cannot tell yet',
    checks: [pass('latency', 0.09), early],
    says: { level: 'early', headline: 'Orders: too early to tell', detail: '2 of 12 requests failed' },
  },
  {
    what: 'of healthy checks the one with the most evidence is named',
    checks: [pass('errors', 0.02), pass('latency', 0.09), pass('memory')],
    says: { level: 'healthy', headline: '3 of 3 checks healthy', detail: 'nearest to failing: latency, 9 % of the evidence' },
  },
  {
    what: 'no number is made up where no check counts evidence',
    checks: [pass('errors')],
    says: { level: 'healthy', headline: '1 of 1 check healthy', detail: '' },
  },
  { what: 'nothing was asked yet', checks: [], says: { level: 'waiting', headline: 'No check has been asked yet', detail: '' } },
  {
    what: 'an advisory check that fails decides nothing',
    checks: [pass('latency'), { ...leaning, critical: false, result: { outcome: 'fail', ...explain('9 % of requests failed') } }],
    says: { level: 'suspicious', headline: 'Errors: 9 % of requests failed', detail: 'fails; advisory, so it decides nothing' },
  },
])('$what', ({ checks, says }) => {
  expect(nearestCheck(checks)).toMatchObject(says);
});

test('evidence that is not enough is never 100 %', () => {
  const almost = { ...leaning, result: { ...leaning.result, evidence: { strength: 0.999 } } };
  expect(nearestCheck([almost as CheckResult]).detail).toBe('suspicious, not yet sure: 99 % of the evidence');
});
