import { expect, test } from 'vitest';
import { didYouMean, nearest } from '../../../src/core/base/did-you-mean.ts';

test.for([
  { word: 'prmo', known: ['prom', 'nr'], near: 'prom' },
  { word: 'failWhen', known: ['fail_when', 'for'], near: 'fail_when' },
  { word: 'FOR', known: ['every', 'for'], near: 'for' },
  { word: 'treshold', known: ['relative', 'threshold'], near: 'threshold' },
  { word: 'newrelic', known: ['prometheus', 'new-relic'], near: 'new-relic' },
  { word: 'x', known: ['y', 'z'], near: null },
  { word: 'regression', known: ['above', 'below', 'relative'], near: null },
  { word: 'a'.repeat(100_000), known: ['a'], near: null },
  { word: 'prom', known: [], near: null },
])('the known word nearest to $word is $near', ({ word, known, near }) => {
  expect(nearest(word, known)).toBe(near);
});

test('the hint names what is near and what is known', () => {
  expect(didYouMean('prmo', ['prom', 'nr'], 'defined')).toBe('did you mean `prom`? defined: prom, nr');
  expect(didYouMean('x', [], 'defined')).toBe('defined: none');
});
