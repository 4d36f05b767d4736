import { describe, expect, test } from 'vitest';
import { createHttp } from '../../src/net/http.ts';
import { grafana } from '../../src/notifiers/grafana.ts';
import type { Notice } from '../../src/ports/notifier.ts';
import { aNotice, firstTry } from '../contracts/notifier.ts';
import { startStubServer } from '../support/stub-server.ts';

const token = 'glsa_token-1-of-the-tests';
const http = createHttp();

describe('the text of an annotation', () => {
  const textFor = async (rest: Partial<Notice>): Promise<string> => {
    const server = await startStubServer();
    server.reply({ body: { id: 1 } });
    await grafana
      .bind({ url: server.url, token })({ http })
      .notify(aNotice({ topic: 'passed', ...rest }), firstTry());
    const { text } = JSON.parse(server.requests[0]?.body ?? '{}') as { text: string };
    await server.close();
    return text;
  };

  test('holds no markup from outside', async () => {
    const evil = '<img src=x onerror="alert(1)"> & p95 < 300 ms';
    const text = await textFor({ title: evil, reasons: [evil], url: 'https://b.example.com/?a="b"&c=<d>' });
    expect(text.replace(/<a href="[^"<>]*">Open the deploy<\/a>$/, '')).not.toMatch(/[<>"]|&(?!amp;|lt;|gt;|quot;)/);
    expect(text).toContain('p95 &lt; 300 ms');
  });

  test.for([null, 'javascript:alert(1)', 'no address'])('has no link if the page is %s', async (url) => {
    expect(await textFor({ url })).not.toContain('href');
  });

  test('limits the reasons, and counts the omitted ones', async () => {
    const reasons = Array.from({ length: 30 }, (_, index) => `reason ${index} ${'x'.repeat(5_000)}`);
    const text = await textFor({ reasons: [reasons[0]!, ...reasons.slice(1)] });
    expect(text).toMatch(/^… and 2\d more$/m);
    expect(text.length).toBeLessThan(10_000);
  });
});

describe('options', () => {
  const good = { url: 'https://grafana.example.com/g', token: 'a' };
  test.for<{ options: object; says: RegExp }>([
    { options: { url: good.url }, says: /either token or basic/ },
    { options: { ...good, basic: { user: 'a', password: 'b' } }, says: /either token or basic/ },
    { options: { ...good, org: 2 }, says: /belongs to one organization/ },
    { options: { ...good, panel: 2 }, says: /panel without dashboard/ },
    { options: { ...good, url: 'https://grafana.example.com/?orgId=1' }, says: /no \? and no #/ },
    { options: { ...good, token: 'two words' }, says: /one word of printable ASCII/ },
    { options: { ...good, dashboard: 'https://grafana.example.com/d/abc' }, says: /not the UID/ },
    { options: { ...good, tags: ['service:other'] }, says: /Bakewatch sets itself/ },
    { options: { ...good, tags: ['deploy'] }, says: /Bakewatch sets itself/ },
    { options: { ...good, tags: ['a:b:c'] }, says: /not a tag/ },
    { options: { ...good, tags: ['x'.repeat(100), 'y'.repeat(100)] }, says: /more than 150/ },
    { options: { ...good, ca: '/etc/ssl/ca.pem' }, says: /must be PEM/ },
  ])('$options is refused: $says', ({ options, says }) => {
    expect(() => grafana.bind(options)).toThrow(says);
  });
});
