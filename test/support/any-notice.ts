import fc from 'fast-check';
import type { Topic } from '../../src/core/bake/effect.ts';
import { severityOf } from '../../src/core/notify/severity.ts';
import type { Notice } from '../../src/ports/notifier.ts';
import { aNotice } from './a-notice.ts';
import { codePoint } from './code-point.ts';

const wild = fc.oneof(
  fc.string({ unit: codePoint, maxLength: 400, size: 'max' }),
  fc.string({ unit: 'grapheme', maxLength: 400, size: 'max' }),
  fc.constantFrom(
    ...[
      '@everyone',
      '<@1>',
      '<!channel>',
      '<users/all>',
      '[x](https://evil.example.com)',
      '**b**',
      '<at>all</at>',
      '</b><a href="x">',
      '$&',
      '\u202e',
    ],
    ...[
      '&'.repeat(5_000),
      '"'.repeat(9_000),
      '\\'.repeat(9_000),
      '版'.repeat(9_000),
      '👩‍👩‍👧'.repeat(900),
      'x'.repeat(257),
      'x'.repeat(131),
      '\ud800',
      '\u0000',
      '',
      ' ',
      '\n',
    ],
  ),
);
const address = fc.oneof(
  wild,
  fc.webUrl(),
  fc.constantFrom('https://x.example.com/|a>b(c)"d\\e', 'javascript:alert(1)', `https://x.example.com/${'a'.repeat(4_000)}`),
);

/** Notices with texts that try to break every markup and every limit. */
export function hostileNotices(): fc.Arbitrary<Notice> {
  return fc
    .record({
      topic: fc.constantFrom(...(Object.keys(severityOf) as Topic[])),
      state: fc.constantFrom('baking', 'awaiting_approval', 'rolling_back', 'failed', 'inconclusive', 'passed'),
      isDigest: fc.boolean(),
      title: wild,
      service: wild,
      environment: wild,
      version: wild,
      target: fc.oneof(fc.constant(null), wild),
      reasons: fc.tuple(wild, wild, wild).map(([first, ...more]) => [first, ...Array.from({ length: 10 }, () => more).flat()] as const),
      summary: wild,
      details: fc.array(wild, { maxLength: 30, size: 'max' }),
      checks: fc.array(
        fc.record({ name: wild, critical: fc.boolean(), outcome: fc.constant('fail' as const), headline: wild, reason: wild }),
        {
          maxLength: 30,
          size: 'max',
        },
      ),
      url: fc.oneof(fc.constant(null), address),
      links: fc.array(fc.record({ title: wild, url: address }), { maxLength: 20, size: 'max' }),
    } as const)
    .map((rest) => aNotice(rest));
}

/** Every text in a JSON value. */
export function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
