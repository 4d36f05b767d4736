import { expect, test } from 'vitest';
import { createCoalescer } from '../../providers/coalesce.ts';

const never = new AbortController().signal;

function aCoalescer(maxWeight: number) {
  let now = 0;
  let asked = 0;
  const coalescer = createCoalescer<number>({ keepMs: 100, maxWeight, weigh: (answer) => answer, now: () => now });
  return {
    asked: () => asked,
    wait: (ms: number) => {
      now += ms;
    },
    get: (key: string, answer = 1, topic?: string) =>
      coalescer.get(
        key,
        never,
        async () => {
          asked += 1;
          return answer;
        },
        topic,
      ),
  };
}

test('an answer is kept for keepMs, then requested again', async () => {
  const coalescer = aCoalescer(10);
  await coalescer.get('a');
  coalescer.wait(99);
  await coalescer.get('a');
  expect(coalescer.asked()).toBe(1);
  coalescer.wait(1);
  await coalescer.get('a');
  expect(coalescer.asked()).toBe(2);
});

test('the oldest answers are dropped first when the total weight is too large', async () => {
  const coalescer = aCoalescer(10);
  for (const key of ['a', 'b', 'c']) await coalescer.get(key, 4);
  await coalescer.get('b');
  await coalescer.get('c');
  expect(coalescer.asked()).toBe(3);
  await coalescer.get('a');
  expect(coalescer.asked()).toBe(4);
});

test('an answer that is too heavy alone is returned, but not kept', async () => {
  const coalescer = aCoalescer(10);
  expect(await coalescer.get('a', 11)).toBe(11);
  await coalescer.get('a', 11);
  expect(coalescer.asked()).toBe(2);
});

test('outdated answers make room', async () => {
  const coalescer = aCoalescer(10);
  await coalescer.get('a', 9);
  coalescer.wait(100);
  await coalescer.get('a', 9);
  await coalescer.get('b', 1);
  await coalescer.get('a', 9);
  await coalescer.get('b', 1);
  expect(coalescer.asked()).toBe(3);
});

test('with a topic, answers are kept from the second time on that a question came again soon', async () => {
  const coalescer = aCoalescer(10);
  for (let i = 0; i < 3; i++) await coalescer.get('a at 1', 1, 'a');
  expect(coalescer.asked()).toBe(2);
  await coalescer.get('a at 2', 1, 'a');
  await coalescer.get('a at 2', 1, 'a');
  expect(coalescer.asked()).toBe(3);
  await coalescer.get('b at 2', 1, 'b');
  coalescer.wait(100);
  await coalescer.get('b at 2', 1, 'b');
  await coalescer.get('b at 3', 1, 'b');
  await coalescer.get('b at 3', 1, 'b');
  expect(coalescer.asked()).toBe(7);
});

test('with a topic, questions of the same moment share a request from the start', async () => {
  const coalescer = aCoalescer(10);
  await Promise.all([1, 2, 3].map(() => coalescer.get('a', 1, 'a')));
  expect(coalescer.asked()).toBe(1);
});
