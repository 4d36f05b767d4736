import { expect, test } from 'vitest';
import { toCondition } from '../../providers/prometheus/conditions.ts';
import type { Matcher } from '../../providers/prometheus/selector.ts';

const condition = (op: Matcher['op'], literal: string) => toCondition({ label: 'a', op, literal });

test.for([
  ['"shop"', 'shop'],
  ["'shop'", 'shop'],
  ['`sh\\op`', 'sh\\op'],
  ['"a\\\\b\\"c\\n\\u00e9"', 'a\\b"c\né'],
  ["'it\\'s'", "it's"],
  ['"😀"', '😀'],
] as const)('the literal %s means %s', ([literal, value]) => {
  expect(condition('=', literal)?.value).toBe(value);
});

test.for(['"\\x41"', '"\\101"', '"\\\'"', "'\\\"'", '"\\ud800"', '"\\d"', '`a\r`'])('the literal %s is left to the server', (literal) => {
  expect(condition('=', literal)).toBeNull();
});

test.for([
  ['5..', ['500', '5xx'], ['50', '5000', '400', '']],
  ['4..|5\\d\\d', ['4ab', '512'], ['5ab', '']],
  ['(?:a|b)c', ['ac', 'bc'], ['c', 'abc']],
  ['/api/.*', ['/api/', '/api/v1'], ['api/', '/apiv1']],
  ['.+', ['a', '😀'], ['']],
  ['.', ['😀'], ['ab']],
  ['', [''], ['a']],
  ['|a', ['', 'a'], ['b']],
  ['[45][0-9]{2}', ['404', '599'], ['604', '40']],
  ['[^4]..', ['500'], ['400']],
  ['a\\.b', ['a.b'], ['axb']],
] as const)('the regular expression %s must match the whole value', ([pattern, matching, others]) => {
  const [positive, negative] = [condition('=~', JSON.stringify(pattern)), condition('!~', JSON.stringify(pattern))];
  for (const value of matching) expect([value, positive?.test(value), negative?.test(value)]).toEqual([value, true, false]);
  for (const value of others) expect([value, positive?.test(value), negative?.test(value)]).toEqual([value, false, true]);
});

test.for([
  '(?i)shop',
  '\\s',
  '\\bx',
  '\\pL',
  '[[:alpha:]]',
  '[\\d]',
  '(a+)+',
  '(a|b)*',
  'a*?',
  'a{1000}',
  '^a$',
  '*a',
  '(',
  'a)',
  '[z-a]',
  '.*.*.*.*',
])('the regular expression %s is left to the server', (pattern) => {
  expect(condition('=~', JSON.stringify(pattern))).toBeNull();
});

test('servers disagree about a line feed in the value', () => {
  expect(condition('=~', '"a.b"')?.test('a\nb')).toBeNull();
  expect(condition('=', '"a\\nb"')?.test('a\nb')).toBe(true);
});

test('equal conditions have equal keys, however they are written', () => {
  expect(condition('=', "'x'")?.key).toBe(condition('=', '`x`')?.key);
  expect(condition('=', '"x"')?.key).not.toBe(condition('=~', '"x"')?.key);
});
