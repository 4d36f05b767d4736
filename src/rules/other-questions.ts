import type { Cursor } from './cursor.ts';

const questions = ['ratio', 'rate', 'exposure', 'latency', 'value', 'probe', 'slo', 'alert'] as const;

/** Reports every other question of a check: a check measures one thing. */
export function reportOtherQuestions(check: Cursor, own: 'probe' | 'slo' | 'alert'): void {
  for (const key of questions)
    if (key !== own && check.at(key).isPresent)
      check.at(key).keyProblem(`a check measures one thing, and this one already has ${own}`, 'write two checks');
}
