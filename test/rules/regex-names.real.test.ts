import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderQuery } from '../../src/core/rules/render-query.ts';
import { hasPrometheus, type Prometheus, startPrometheus } from '../support/prometheus.ts';

/** Names that a regular expression would confuse with each other. */
const versions = ['1.2.3+b7', '1.2.33b7', '1x2x3+b7', 'v.+', 'v1'];
const at = Date.parse('2026-11-20T12:00:00Z') / 1000;

function* past(): Iterable<string> {
  yield '# TYPE release_up gauge\n';
  for (const version of versions) yield `release_up{version="${version}"} 1 ${at}\n`;
  yield '# EOF\n';
}

describe.runIf(hasPrometheus())('names in regular expressions, with a real Prometheus', () => {
  let prometheus: Prometheus;
  beforeAll(async () => {
    prometheus = await startPrometheus({ past: past() });
  });
  afterAll(() => prometheus.stop());

  async function found(text: string, version: string): Promise<readonly string[]> {
    const query = new URLSearchParams({ query: renderQuery(text, { version }), time: String(at + 1) });
    const answer = await fetch(`${prometheus.url}/api/v1/query?${query}`);
    // A cast: the form of an answer of Prometheus.
    const body = (await answer.json()) as { status: string; data: { result: { metric: { version: string } }[] } };
    expect(body.status).toBe('success');
    return body.data.result.map(({ metric }) => metric.version).toSorted();
  }

  test.for(versions)('%s matches itself and nothing else', async (version) => {
    const others = versions.filter((one) => one !== version).toSorted();
    for (const text of ['release_up{version=~"$version"}', "release_up{version=~'$version|none'}", 'release_up{version=~`$version`}'])
      expect(await found(text, version)).toEqual([version]);
    expect(await found('release_up{version!~"$version"}', version)).toEqual(others);
    expect(await found('release_up{version="$version"}', version)).toEqual([version]);
  });
});
