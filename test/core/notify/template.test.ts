import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Topic } from '../../../src/core/bake/effect.ts';
import type { NonEmpty } from '../../../src/core/base/non-empty.ts';
import { buildDigest, type DigestEntry } from '../../../src/core/notify/digest.ts';
import { applyTemplate, type Template, unknownPlaceholders } from '../../../src/core/notify/template.ts';

const values = {
  topic: 'unhealthy' as Topic,
  service: 'shop',
  environment: 'production',
  version: 'v2',
  commit: 'c0ffee',
  by: 'ci',
  target: 'v1',
  url: 'https://bake.example.com/deploys/1',
};
const usual = { title: 'shop v2 (production) is unhealthy', reasons: ['errors 9 %', 'rolling back to v1'] } as const;

describe('a template', () => {
  test.for<{ name: string; template: Template; is: unknown }>([
    { name: 'that says nothing changes nothing', template: {}, is: usual },
    {
      name: 'for the title leaves the text',
      template: { title: '[{environment}] {service} {version}: {topic}' },
      is: { title: '[production] shop v2: unhealthy', reasons: usual.reasons },
    },
    {
      name: 'for the text makes a line of each line',
      template: { text: '{title}, by {by} ({commit})\n{reasons}\n\nback to {target}: {url}' },
      is: {
        title: usual.title,
        reasons: [
          'shop v2 (production) is unhealthy, by ci (c0ffee)',
          'errors 9 %',
          'rolling back to v1',
          'back to v1: https://bake.example.com/deploys/1',
        ],
      },
    },
    {
      name: 'with reasons in a line joins them',
      template: { text: 'why: {reasons}' },
      is: { title: usual.title, reasons: ['why: errors 9 %; rolling back to v1'] },
    },
    {
      name: 'of the topic comes first',
      template: { title: 'a', text: 'b', topics: { unhealthy: { title: 'c' }, passed: { text: 'd' } } },
      is: { title: 'c', reasons: ['b'] },
    },
    { name: 'that leaves nothing is not used', template: { title: ' ', text: '\n ' }, is: usual },
  ])('$name', ({ template, is }) => expect(applyTemplate(template, usual, values)).toEqual(is));

  test('fills in what is written, and never what is filled in', () => {
    const sly = { ...values, by: '{url}', version: '$&{commit}' };
    expect(applyTemplate({ title: '{by} {version}' }, usual, sly).title).toBe('{url} $&{commit}');
  });

  test('is told its unknown names', () => {
    expect(unknownPlaceholders('{service} {servise} {} {a b} { } }{')).toEqual(['servise', '', 'a b', ' ']);
  });
});

function entry(number: number, topic: Topic): DigestEntry {
  const [service, version] = [`svc-${number}`, `v${number}`];
  return {
    topic,
    service,
    environment: 'production',
    version,
    title: `${service} ${version} is ${topic}`,
    reasons: [`reason ${number}`, 'more'],
    url: `https://bake.example.com/deploys/${number}`,
  };
}

describe('a digest', () => {
  test('of a few says each, the worst first', () => {
    expect(buildDigest([entry(1, 'recovered'), entry(2, 'failed'), entry(3, 'recovered')])).toEqual({
      topic: 'failed',
      title: '3 deploys: 1 failed and waiting for a person, 2 rolled back and recovered',
      reasons: ['svc-2 v2 is failed: reason 2', 'svc-1 v1 is recovered: reason 1', 'svc-3 v3 is recovered: reason 3'],
      links: [2, 1, 3].map((number) => ({ title: `svc-${number} v${number}`, url: `https://bake.example.com/deploys/${number}` })),
    });
  });

  test('asks what a title asks, and links to nothing where nobody can reach the server', () => {
    const asking = { ...entry(1, 'approval'), title: 'svc-1 v1: approve?', url: null };
    expect(buildDigest([asking, { ...asking, service: 'svc-2' }])).toMatchObject({
      reasons: ['svc-1 v1: approve? reason 1', expect.anything()],
      links: [],
    });
  });

  test('of many names them, and says how many it does not', () => {
    const { title, reasons, links } = buildDigest(
      Array.from({ length: 195 }, (_, i) => entry(i, i < 180 ? 'unhealthy' : 'passed')) as unknown as NonEmpty<DigestEntry>,
    );
    expect(title).toBe('195 deploys: 180 unhealthy, 15 passed');
    expect(reasons).toHaveLength(2);
    expect(links).toHaveLength(8);
    expect(reasons[0]).toMatch(/^unhealthy: svc-0 v0 \(production\), svc-1 v1 \(production\), .* and \d+ more$/);
    expect(reasons[1]).toMatch(/^passed: svc-180 v180 \(production\), .*svc-194 v194 \(production\)$/);
  });

  test('counts everybody once, in few lines that are not long', () => {
    const some = fc.array(fc.constantFrom<Topic>('unhealthy', 'failed', 'passed', 'blind', 'stopped'), {
      minLength: 1,
      maxLength: 300,
      size: 'max',
    });
    fc.assert(
      fc.property(some, (list) => {
        const { title, reasons } = buildDigest(list.map((topic, i) => entry(i, topic)) as unknown as NonEmpty<DigestEntry>);
        const counts = [...title.matchAll(/(?:: |, )(\d+) /g)].map(([, count]) => Number(count));
        expect(counts.reduce((a, b) => a + b)).toBe(list.length);
        expect(reasons.length).toBeLessThanOrEqual(8);
        for (const reason of reasons) expect(reason.length).toBeLessThan(600);
      }),
    );
  });
});
