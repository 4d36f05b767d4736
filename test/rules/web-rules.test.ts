import { describe, expect, test } from 'vitest';
import { command } from '../../providers/command.ts';
import type { ProviderPlugin } from '../../providers/define-provider.ts';
import { web } from '../../providers/web.ts';
import { plugins } from '../../src/app/plugins.ts';
import { loadConfig } from '../../src/rules/load-config.ts';
import { parseRules } from '../../src/rules/parse-rules.ts';
import { read } from '../meta/tree.ts';
import { complaints, filesOf } from './build.ts';

const instances = {
  web: [web, { url: 'https://orders.example.com/api', params: { shop: '[a-z]+', last: String.raw`\d+` } }],
  command: [command, { commands: { orders: { argv: ['/bin/orders', '{shop}'], args: { shop: '[a-z]+' } } } }],
} satisfies Record<string, readonly [ProviderPlugin, object]>;

const providers = new Map(
  Object.entries(instances).map(([name, [plugin, options]]) => [
    name,
    {
      lintSelector: plugin.lintSelector,
      lintCall: (text: string, use: Parameters<NonNullable<typeof plugin.lintCall>>[2]) => plugin.lintCall?.(options, text, use) ?? null,
    },
  ]),
);
const wrongWith = (body: string) =>
  complaints(() => parseRules(`rules: 1\nservice: shop\nenvironment: production\nchecks:\n  c:\n    ${body}\n`, 'r.yaml', { providers }));

describe('rules for JSON answers', () => {
  test.for([
    'provider: web\n    value: /stats?shop=$service $.rate\n    fail_when: { above: 1 }',
    'provider: web\n    value: { query: "/stats?shop=$service&last={from} $.times $.rates" }\n    fail_when: regression',
    'provider: web\n    ratio: { bad: { query: "/s?last={step} $.bad" }, total: { query: "/s?last={step} $.total" } }\n    fail_when: { above: 1% }',
    'provider: command\n    value: orders shop=$service $.rate\n    fail_when: { above: 1 }',
    'provider: command\n    value: orders shop=$service samples\n    fail_when: regression',
  ])('%s is right', (body) => {
    expect(wrongWith(body)).toEqual([]);
  });

  test.for([
    [
      'provider: web\n    value: /stats $.rate',
      /7:12 checks\.c\.value: a number of now has no past to compare with \(fail on `above` or `below`, or ask for samples/,
    ],
    [
      'provider: web\n    value: /stats $.rate[\n    fail_when: { above: 1 }',
      /7:12 checks\.c\.value: \$\.rate\[ is not a JSONPath of RFC 9535/,
    ],
    ['provider: web\n    value: /../x $.rate\n    fail_when: { above: 1 }', /the path may not contain "\." or "\.\." as a part/],
    ['provider: web\n    value: /x?key=1 $.rate\n    fail_when: { above: 1 }', /the config declares no "key"; declared: shop, last/],
    ['provider: web\n    rate: { query: "/x?last={from} $.n" }\n    fail_when: { above: 1 }', /a count must be that of one tick/],
    ['provider: web\n    rate: { query: /x $.n }\n    fail_when: { above: 1 }', /a count must be that of one tick/],
    ['provider: web\n    rate: /x?last={step} $.n\n    fail_when: { above: 1 }', /has no counters to select/],
    ['provider: web\n    latency: { query: /x $.n }\n    fail_when: { slower_than: 1s, for_more_than: 1% }', /has no histograms/],
    ['provider: command\n    value: $service $.n\n    fail_when: { above: 1 }', /the config has no command named/],
    ['provider: command\n    value: orders $.n\n    fail_when: { above: 1 }', /the command orders needs shop=…/],
    ['provider: command\n    value: orders shop=$service $.n\n    fail_when: anomaly', /a number of now has no past/],
  ] as const)('%s is refused at its place', ([body, problem]) => {
    expect(wrongWith(body).filter((line) => problem.test(line))).toHaveLength(1);
  });
});

describe('the how-to pages', () => {
  test.for(['watch-with-json', 'watch-with-a-command', 'watch-with-loki'])('%s shows a config and rules that work together', (page) => {
    const [config = '', rules = ''] = [...read(`docs/how-to/${page}.md`).matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text);
    const files = filesOf({ '/c/bakewatch.yaml': `${config}rules: rules/*.yaml\n`, '/c/rules/shop.yaml': rules });
    const env = { ORDERS_TOKEN: 'a token', LOKI_TOKEN: 'a token' };
    expect(complaints(() => loadConfig({ file: '/c/bakewatch.yaml', env, plugins, ...files }), null)).toEqual([]);
  });
});
