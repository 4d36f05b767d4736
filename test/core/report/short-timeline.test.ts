import { expect, test } from 'vitest';
import { shortTimeline } from '../../../src/core/report/short-timeline.ts';

const headline = { text: 'Errors: 9 % of requests failed, was 0.5 %', check: 'errors' };
const held = { text: 'not rolled back: the rules say on_failure: notify; a person must act', check: null };

function shortened(...texts: readonly string[]): readonly string[] {
  const timeline = texts.map((text, at) => ({ at, kind: 'x', by: 'bakewatch', text }));
  return shortTimeline(timeline, [headline, held]).map(({ text }) => text);
}

test.for([
  [`rolling back to v1: ${headline.text}`, 'rolling back to v1: errors'],
  [`failed: ${headline.text}; ${held.text}`, 'failed: errors'],
  [`failed: ${held.text}; the hook is gone`, 'failed: the hook is gone'],
  [`failed: ${held.text}`, 'failed'],
  ['rolling back to v1: rollback requested by ana: slow', 'rolling back to v1: rollback requested by ana: slow'],
])('%s', ([text = '', short]) => {
  expect(shortened(text)).toEqual([short]);
});

test('a sentence that comes back is not repeated', () => {
  const text = 'latency: could not ask: refused the query: 1:55: parse error: unclosed parenthesis';
  expect(shortened(text, 'v1 runs again', text)).toEqual([text, 'v1 runs again', 'as before']);
});

test('a reason that is the beginning of another one leaves that one whole', () => {
  const reasons = [
    { text: 'Errors: 9 %', check: 'errors' },
    { text: 'Errors: 9 % of all', check: 'errors of all' },
  ];
  const [entry] = shortTimeline([{ at: 0, kind: 'x', by: 'y', text: 'failed: Errors: 9 % of all' }], reasons);
  expect(entry?.text).toBe('failed: errors of all');
});
