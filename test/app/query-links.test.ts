import { describe, expect, test } from 'vitest';
import { loki } from '../../providers/loki.ts';
import { prometheus } from '../../providers/prometheus.ts';
import { createQueryLinks } from '../../src/app/query-links.ts';
import type { CheckRule, Question } from '../../src/core/rules/rule-set.ts';
import type { DeployRecord } from '../../src/ports/bake-store.ts';
import type { Providers } from '../../src/ports/providers.ts';
import { callerWith } from '../../src/usecases/caller.ts';
import { deployPage } from '../../src/web/deploy-page.ts';
import { aBake, aCheck, aDeploy, aPlan, aRuleSet, step, t0 } from '../support/builders.ts';
import { createFakeProvider } from '../support/fake-provider.ts';
import { pageStories } from '../support/page-stories.ts';

const url = 'http://prometheus.internal:9090';
const window = { from: t0, to: t0 + 10 * step, stepMs: step };

/** The links of a check with this question, on a provider with these options. */
function linksOf(question: Question, options: object, { plugin = prometheus, rules = {}, release = 'v2' } = {}) {
  const provider = createFakeProvider(() => null).provider;
  const viewers = plugin.viewers({ url, ...options });
  const providers: Providers = new Map([['prom', { provider, settleMs: 5_000, viewers }]]);
  const rule: CheckRule = aCheck({ question });
  const record: DeployRecord = {
    deploy: aDeploy({ release: { version: release, metadata: {} } }),
    bake: aBake('baking'),
    version: 1,
    ruleSet: { ...aRuleSet(), checks: [rule], ...rules },
    plan: aPlan(),
  };
  const result = { outcome: 'pass', reason: 'fine' } as const;
  const latest = { check: rule.name, phase: 'baking', at: window.to, window, query: 'q', result, ticks: null, control: null } as const;
  const view = { name: rule.name, provider: 'prom', critical: true, latest, baking: latest, verifying: null, asked: 1, couldNotAsk: 0 };
  return createQueryLinks(providers)(record, view);
}

const ratio: Question = {
  kind: 'ratio',
  bad: { query: 'sum(increase(http_requests_total{job="$service",version="$version",code=~"5.."}[$step]))' },
  total: { selector: 'http_requests_total{job="$service"}' },
};

describe('links to Prometheus', () => {
  test('nothing is linked unless the config says where browsers find it', () => {
    expect(linksOf(ratio, {})).toEqual([]);
  });

  test('each query has a panel, filled in, over the time of the bake in UTC', () => {
    const [link, ...others] = linksOf(ratio, { public_url: 'https://prom.example.com/prefix/' });
    expect(others).toEqual([]);
    const address = new URL(link?.url ?? '');
    expect([link?.name, address.origin, address.pathname]).toEqual(['Prometheus', 'https://prom.example.com', '/prefix/graph']);
    const params = Object.fromEntries(address.searchParams);
    expect(params['g0.expr']).toBe('sum(increase(http_requests_total{job="shop",version="v2",code=~"5.."}[15s]))');
    expect(params['g1.expr']).toContain('increase(http_requests_total{job="shop"}[15000ms])');
    expect(params['g0.tab']).toBe('0');
    expect(params['g0.range_input']).toBe('33m');
    expect(params['g0.end_input']).toBe(new Date(window.to).toISOString().slice(0, 19).replace('T', ' '));
    expect(Object.keys(params).filter((name) => name.startsWith('g2'))).toEqual([]);
  });

  test('a control shows the new release alone', () => {
    const control = { canary: 'version="$version"', stable: 'version="$known_good"' };
    const [link] = linksOf(ratio, { public_url: url }, { rules: { control } });
    expect(new URL(link?.url ?? '').searchParams.get('g1.expr')).toContain('http_requests_total{job="shop",version="v2"}');
  });

  test('alerts are shown as their series, and a probe has no link', () => {
    const [link] = linksOf({ kind: 'value', alert: { alertname: 'Slow', service: '$service' } } as Question, { public_url: url });
    expect(new URL(link?.url ?? '').searchParams.get('g0.expr')).toBe(
      '{__name__=~"ALERTS|ALERTS_FOR_STATE",alertname="Slow",service="shop"}',
    );
    const target = { kind: 'tcp', host: 'shop.example.com', port: 443, tlsDays: null } as const;
    const probe = { kind: 'ratio', probe: { target, withinMs: 100, attempts: 1, apartMs: 0 } } as const;
    expect(linksOf(probe, { public_url: url, grafana: { url, datasource: 'p1' } })).toEqual([]);
  });

  test('a query that needs what the deploy does not have has no link, and nor has one that is too long', () => {
    expect(linksOf({ kind: 'value', query: 'up{commit="$commit"}' }, { public_url: url })).toEqual([]);
    expect(linksOf({ kind: 'value', query: `x{a="${'é'.repeat(2_000)}"}` }, { public_url: url })).toEqual([]);
  });

  test.for([
    'ftp://prom.example.com',
    'javascript:alert(1)',
    'https://user:secret@prom.example.com',
    'https://prom.example.com?a=b',
    'prom.example.com',
  ])('%s is refused as a public_url', (address) => {
    expect(() => prometheus.viewers({ url, public_url: address })).toThrow(/must be the http/);
  });
});

describe('links to Grafana', () => {
  const grafana = { url: 'https://grafana.example.com/grafana/', datasource: 'P1809F7CD0C75ACF3' };

  test('all queries are in one pane of Explore', () => {
    const [link] = linksOf(ratio, { grafana });
    const address = new URL(link?.url ?? '');
    expect([link?.name, address.pathname]).toEqual(['Grafana', '/grafana/explore']);
    expect(Object.fromEntries(address.searchParams)).toMatchObject({ schemaVersion: '1', orgId: '1' });
    const { bake } = JSON.parse(address.searchParams.get('panes') ?? '');
    expect(bake.datasource).toBe(grafana.datasource);
    expect(bake.range).toEqual({ from: String(t0 - 1_800_000), to: String(window.to) });
    expect(bake.queries.map(({ refId, expr }: { refId: string; expr: string }) => [refId, expr.slice(0, 13)])).toEqual([
      ['A', 'sum(increase('],
      ['B', 'sum by () ((('],
    ]);
  });

  test('Loki has a link to Grafana alone', () => {
    const count = { query: 'sum(count_over_time({app="$service"} |= "error" [$step]))' };
    const [link, ...others] = linksOf({ kind: 'rate', count }, { grafana: { ...grafana, org: 3 } }, { plugin: loki });
    const address = new URL(link?.url ?? '');
    expect(others).toEqual([]);
    expect(address.searchParams.get('orgId')).toBe('3');
    expect(JSON.parse(address.searchParams.get('panes') ?? '').bake.queries[0]).toMatchObject({
      datasource: { type: 'loki', uid: grafana.datasource },
      expr: 'sum(count_over_time({app="shop"} |= "error" [15s]))',
      queryType: 'range',
    });
  });
});

const reader = (...services: readonly string[]) =>
  callerWith({ kind: 'person', name: 'ana', grants: [{ verbs: ['read'], services, environments: [] }] });

describe('the page of a deploy', () => {
  const story = pageStories.recovered;
  const pageFor = async (caller: Parameters<typeof deployPage>[1]['viewer']['caller']) => {
    if (story === undefined) throw new Error('there is no such story');
    const queryLinks = (_: unknown, check: { readonly name: string }) => [
      { name: 'Prometheus', url: `https://prom.example.com/graph?g0.expr=${check.name}&g0.tab=0` },
    ];
    return String(await deployPage(story.details, { viewer: { caller, theme: null }, now: story.now, queryLinks }));
  };

  test('links the chart and each check', async () => {
    const page = await pageFor(reader());
    const names = story?.details.checks.map(({ name }) => name) ?? [];
    const count = (text: string) => page.split(text).length - 1;
    expect(names.length).toBeGreaterThan(1);
    for (const [i, name] of names.entries()) {
      const written = `href="https://prom.example.com/graph?g0.expr=${name}&amp;g0.tab=0" rel="noreferrer"`;
      expect(count(written), name).toBe(i === 0 ? 2 : 1);
    }
  });

  test('shows who has only its link, or may not read the service, no address of a server of metrics', async () => {
    expect(await pageFor(null)).not.toContain('prom.example.com');
    expect(await pageFor(reader('another-service'))).not.toContain('prom.example.com');
  });
});
