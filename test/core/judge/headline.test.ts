import { expect, test } from 'vitest';
import { joinExplanation } from '../../../src/core/judge/explanation.ts';
import { headlineOf } from '../../../src/core/judge/headline.ts';

const explanation = { headline: '77 % of requests slower than 50 ms, was 65 %', because: 'very sure', notes: ['the buckets tell 50ms'] };
const fail = { outcome: 'fail', reason: joinExplanation(explanation), explanation } as const;

test('a headline names its check', () => {
  expect(headlineOf('latency', fail)).toBe('Latency: 77 % of requests slower than 50 ms, was 65 %');
});

test('a headline that is too long is cut, a reason without layers and an error are not', () => {
  const long = 'x'.repeat(200);
  expect([...headlineOf('latency', { ...fail, explanation: { ...explanation, headline: long } })]).toHaveLength(80);
  expect(headlineOf('errors', { outcome: 'pass', reason: long })).toBe(`Errors: ${long}`);
  expect(headlineOf('errors', { outcome: 'error', kind: 'timeout', reason: long })).toBe(`Errors: could not ask: ${long}`);
});

test('the reason joins all layers', () => {
  expect(fail.reason).toBe('77 % of requests slower than 50 ms, was 65 %; very sure; the buckets tell 50ms');
  expect(joinExplanation({ headline: 'no data', because: '', notes: [] })).toBe('no data');
});
