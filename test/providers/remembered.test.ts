import { describe, expect, test } from 'vitest';
import { remembered } from '../../providers/prometheus/remembered.ts';

function counting<T>(answer: (text: string) => T) {
  const read: string[] = [];
  const ask = remembered((text: string) => {
    read.push(text);
    return answer(text);
  });
  return { read, ask };
}

describe('remembered', () => {
  test('reads each text once, and answers with the same object', () => {
    const { read, ask } = counting((text) => ({ text }));
    expect(ask('a')).toBe(ask('a'));
    expect(ask('b')).toEqual({ text: 'b' });
    expect(read).toEqual(['a', 'b']);
  });

  test('remembers that there is nothing to read in a text', () => {
    const { read, ask } = counting(() => null);
    expect([ask('bad'), ask('bad')]).toEqual([null, null]);
    expect(read).toEqual(['bad']);
  });

  test('forgets what nobody has asked for in two generations, and keeps what is asked for', () => {
    const { read, ask } = counting((text) => text.length);
    ask('old');
    ask('asked');
    for (let i = 0; i < 200_000; i++) {
      ask(`text ${i}`);
      if (i % 1_000 === 0) ask('asked');
    }
    read.length = 0;
    ask('asked');
    ask('old');
    expect(read).toEqual(['old']);
  });
});
