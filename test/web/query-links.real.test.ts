import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prometheus } from '../../providers/prometheus.ts';
import type { SeriesQuery } from '../../src/ports/provider.ts';
import { type Browser, hasChromium, startChromium } from '../support/chromium.ts';
import { hasPrometheus, type Prometheus, startPrometheus } from '../support/prometheus.ts';

describe.runIf(hasChromium() && hasPrometheus())('a link of the page of a deploy, opened in a real Prometheus', () => {
  let browser: Browser;
  let server: Prometheus;
  const end = Math.floor(Date.now() / 60_000) * 60_000;

  beforeAll(async () => {
    const lines = Array.from(
      { length: 60 },
      (_, i) => `http_requests_total{job="shop",path="/a b&c+d"} ${7 * i} ${end / 1_000 - 3_540 + 60 * i}\n`,
    );
    server = await startPrometheus({ past: ['# TYPE http_requests counter\n', ...lines, '# EOF\n'] });
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  test('shows the expressions as they were asked, and their series at the time of the bake', async () => {
    const window = { from: end - 900_000, to: end - 300_000, stepMs: 60_000 };
    const query = 'sum by (path) (increase(http_requests_total{job="shop",path=~"/a b&c\\\\+.*"}[2m])) > 0 # 100% ? "ö"';
    const queries: readonly SeriesQuery[] = [
      { form: 'gauge', query, window },
      { form: 'increase', query: 'http_requests_total{job="shop"}', matchers: '', by: [], window },
    ];
    const [viewer] = prometheus.viewers({ url: 'http://192.0.2.1:9090', public_url: server.url });
    const address = viewer?.addressOf({ queries, from: window.from - 1_800_000, to: window.to }) ?? '';
    const page = await browser.open(address, { width: 1280 });
    const shown = await page.evaluate<{ readonly text: string; readonly inputs: readonly string[] }>(`new Promise((done) => {
      const look = () => {
        const fields = [...document.querySelectorAll('textarea, input')].map(({ value }) => value);
        const seen = { text: document.body.innerText, inputs: [...fields, ...[...document.querySelectorAll('.cm-content')].map((one) => one.innerText)] };
        if (/path="\\/a b&c\\+d"/.test(seen.text) || performance.now() > 20000) done(seen); else setTimeout(look, 100);
      };
      look();
    })`);
    expect(shown.inputs).toContain(query);
    expect(shown.inputs.filter((one) => one.startsWith('sum by () (((http_requests_total{job="shop"}'))).toHaveLength(1);
    expect(shown.text).toContain('path="/a b&c+d"');
    expect(shown.inputs).toContain(new Date(window.to).toISOString().slice(0, 16).replace('T', ' '));
  });
});
