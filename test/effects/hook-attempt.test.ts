import { expect, test } from 'vitest';
import { endText } from '../../src/effects/hook-attempt.ts';

test('the end of an attempt is a sentence with its number, its outcome and the summary of the hook', () => {
  expect(endText(2, { outcome: 'already_there', summary: 'v1 is already running: nothing was done' })).toBe(
    'attempt 2: already there: v1 is already running: nothing was done',
  );
});
