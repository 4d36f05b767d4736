import { expect, test } from 'vitest';
import { endedText } from '../../src/effects/ended.ts';

test('how a try ended is told in words', () => {
  expect(endedText(2, { outcome: 'already_there', summary: 'v1 is already running; nothing was done', output: '' })).toBe(
    'attempt 2: already there: v1 is already running; nothing was done',
  );
});
