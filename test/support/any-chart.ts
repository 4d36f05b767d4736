import fc from 'fast-check';
import type { Chart } from '../../src/core/chart/chart.ts';
import { codePoint } from './code-point.ts';

const inf = Number.POSITIVE_INFINITY;
const value = fc.oneof(
  { weight: 3, arbitrary: fc.double({ min: 0, max: 100, noNaN: true }) },
  fc.constantFrom(null, 0, -1, Number.NaN, inf, -inf, 1e308, -1e308, 5e-324, 1e300),
  fc.double(),
);
const at = fc.integer({ min: 1_790_000_000_000, max: 1_790_100_000_000 });

/** What an attacker would like to see on the page as it is. */
export const hostile = fc.constantFrom(
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onload='alert(1)",
  'a | b `c` [d](javascript:alert(1)) **e** _f_ # g',
  'line\r\nbreak\u2028here',
  '\u202egnp.exe\u2066',
  ']]><!-- -- > &amp; &lt;',
  '\u0000\u0008\ud800',
);
const text = fc.oneof(fc.string({ unit: codePoint }), hostile);

/** Charts with everything that can be wrong in them. */
export const anyChart: fc.Arbitrary<Chart> = fc.record({
  check: text,
  title: text,
  caption: fc.option(text),
  outcome: fc.constantFrom('pass', 'fail', 'inconclusive', null),
  isSuspicious: fc.boolean(),
  strengths: fc.array(fc.tuple(at, fc.double({ min: 0, noNaN: true })), { maxLength: 12, size: 'max' }),
  unit: fc.oneof(fc.constantFrom('%', 'orders/second', 'bytes', 'seconds', ''), text),
  from: at,
  to: at,
  series: fc.array(
    fc.record({
      kind: fc.constantFrom('before', 'control', 'release', 'recovery'),
      label: text,
      tickMs: fc.integer({ min: 1_000, max: 3_600_000 }),
      points: fc.array(fc.tuple(at, value), { maxLength: 12, size: 'max' }),
      means: fc.array(fc.tuple(at, value), { maxLength: 12, size: 'max' }),
      measured: fc.option(text),
    }),
    { maxLength: 4 },
  ),
  meansMs: fc.option(fc.integer({ min: 1_000, max: 600_000 })),
  lines: fc.array(
    fc.record({
      kind: fc.constantFrom('limit', 'expected'),
      value: value.map((v) => v ?? 0),
      label: text,
      badSide: fc.constantFrom('above', 'below', null),
      decides: fc.boolean(),
    }),
    { maxLength: 3 },
  ),
  marks: fc.array(fc.record({ kind: fc.constantFrom('deployed', 'shifted', 'judged_bad', 'rolled_back', 'recovered'), at, label: text }), {
    maxLength: 5,
  }),
});
