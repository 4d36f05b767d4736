import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { analyzers } from '../../analyzers/index.ts';
import { generated } from '../../script/generated.ts';
import { plugins } from '../../src/app/plugins.ts';
import { queryPlaceholders } from '../../src/core/rules/render-query.ts';
import type { RuleSet } from '../../src/core/rules/rule-set.ts';
import { rulesJsonSchema } from '../../src/rules/json-schema.ts';
import { parseConfig } from '../../src/rules/parse-config.ts';
import { parseRules } from '../../src/rules/parse-rules.ts';
import { filesBelow, read } from '../meta/tree.ts';
import { hasOpenssl, makeCertificate } from '../support/certificate.ts';
import { filesOf } from './build.ts';

/** The YAML of a page's fences, without the indentation of the list it may stand in. */
function fencesOf(page: string): readonly string[] {
  return [...page.matchAll(/^( *)```ya?ml\n([\s\S]*?)^\1```/gm)].map(([, indent = '', text = '']) =>
    text
      .split('\n')
      .map((line) => line.replace(indent, ''))
      .join('\n'),
  );
}

const pages = ['README.md', ...filesBelow('docs').filter((path) => path.endsWith('.md'))].filter((path) => filesBelow().includes(path));
const fences = pages.flatMap((page) => fencesOf(read(page)).map((text, i) => ({ page, number: i + 1, text })));
const ruleFences = fences.filter(({ text }) => /^rules: 1$/m.test(text));
const integrationFences = filesBelow('integrations')
  .filter((path) => path.endsWith('.md'))
  .flatMap((page) => fencesOf(read(page)).map((text, i) => ({ page, number: i + 1, text })));
const configFences = [...fences, ...integrationFences].filter(({ text }) => /^config: 1$/m.test(text));

/** What stands around a part of a file that a page shows, by the key that the part begins with. Keys that are not here belong to files of others. */
const around: Readonly<Record<string, (part: string) => string>> = {
  bake: (part) => `${someRules}${part}`,
  rollback: (part) => `${someRules}bake: { for: 15m, every: 15s }\n${part}`,
  hooks: (part) => `config: 1\n${part}`,
  policy: (part) => `config: 1\n${part}`,
  quiet: (part) =>
    `config: 1\nnotifiers:\n  team:\n    type: slack\n    url: https://chat.example.com\n${part.replace(/^(?=.)/gm, '    ')}`,
};
const someRules = 'rules: 1\nservice: shop\nenvironment: production\nchecks: { home: { probe: { http: https://shop.example.com } } }\n';
const partFences = fences.filter((fence) => !ruleFences.includes(fence) && !configFences.includes(fence));
const ofOthers = new Set(['apiVersion', 'scrape_configs', 'global', 'display_information', 'route', 'groups', 'jobs', 'deploy', 'include']);

const ruleFiles = filesBelow('examples').filter((path) => path.endsWith('.yaml') && /^rules: 1$/m.test(read(path)));

/** Every condition of a rule set is one that its analyzer takes, for what the check asks. */
function expectUsable({ checks, bake, baseline }: RuleSet): void {
  for (const { question, failWhen } of checks) {
    for (const { analyzer, params, damping } of failWhen) {
      const found = analyzers.get(analyzer);
      expect(found?.kinds).toContain(question.kind);
      found?.bind(params, { damping, forMs: bake.forMs, historyMs: baseline.historyMs, like: baseline.like });
    }
  }
}

/** Made-up files with this are taken for certificates and for keys. */
const pem = '\n-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----';

/** A server's own certificate and key must belong together. */
const pair = hasOpenssl() ? makeCertificate(60) : null;

function madeUp(path: string): string {
  if (path.endsWith('tls.crt')) return pair?.cert ?? '';
  if (path.endsWith('tls.key')) return pair?.key ?? '';
  return `made-up-for-${path}${path.endsWith('.pem') ? pem : ''}`;
}

describe('rules and configs that people read', () => {
  test.for(ruleFences)('the rules in fence $number of $page are right', ({ text }) => {
    expectUsable(parseRules(text, 'fence', null));
  });

  test.for(ruleFiles)('the rules in %s are right', (path) => {
    expectUsable(parseRules(read(path), path, { readFile: read }));
  });

  test.for(configFences)('the config in fence $number of $page is right', ({ text }) => {
    const env = Object.fromEntries([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [name, `made-up-for-${name}`]));
    const files = Object.fromEntries([...text.matchAll(/file:([\w./-]+)/g)].map(([, path = '']) => [path, madeUp(path)]));
    const parsed = () => parseConfig(text, 'fence', { env, readFile: filesOf(files).readFile, plugins });
    // Without openssl there is no pair.
    if (text.includes('tls.crt') && pair === null) expect(parsed).toThrow('server.tls.cert');
    else expect(parsed().server.port).toBeGreaterThan(0);
  });

  test.for(partFences)('the part in fence $number of $page is right', ({ text }) => {
    const [first = ''] = Object.keys(parse(text));
    const whole = around[first]?.(text);
    if (whole === undefined) expect(ofOthers, 'a part of an unknown file: say what stands around it').toContain(first);
    else if (whole.startsWith('rules')) expectUsable(parseRules(whole, 'fence', null));
    else expect(parseConfig(whole, 'fence', { env: {}, readFile: filesOf({}).readFile, plugins }).server.port).toBeGreaterThan(0);
  });

  test('there are some of each', () => {
    expect([ruleFences, ruleFiles, configFences, partFences].every((list) => list.length > 0)).toBe(true);
  });

  test('every example tells editors its schema', () => {
    const files = ['examples/bakewatch.yaml', ...ruleFiles.filter((path) => path.startsWith('examples/rules/'))];
    for (const path of files) {
      const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)$/m.exec(read(path)) ?? [];
      expect(filesBelow('docs').map((file) => file.split('/').at(-1))).toContain(schema.split('/').at(-1));
    }
  });
});

describe('what is generated', () => {
  test.for([...generated(read)])('%s is fresh; if not, run `npm run schemas`', ([path, text]) => {
    expect(read(path)).toBe(text);
  });

  test('every field of a rule file is described', () => {
    expect(undescribed(rulesJsonSchema(), 'rules')).toEqual([]);
  });
});

describe('the reference', () => {
  test('names every placeholder', () => {
    for (const [name, meaning] of Object.entries(queryPlaceholders)) {
      expect(read('docs/reference/rules.md')).toContain(`| \`$${name}\` | ${meaning} |`);
    }
  });

  test('the how-to quotes what is really said', () => {
    const said = ['wrong-files', 'wrong-checks', 'wrong-statistics', 'stages', 'promql-rules']
      .map((name) => read(`test/rules/${name}.test.ts`).replaceAll(/[`\\]/g, ''))
      .join('\n');
    const rows = [...read('docs/how-to/write-rules.md').matchAll(/^\| .* \| `(.*)` \|$/gm)].map(([, message = '']) => message);
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter((message) => !said.includes(message))).toEqual([]);
  });
});

function undescribed(schema: unknown, path: string): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const properties = 'properties' in schema && typeof schema.properties === 'object' ? Object.entries(schema.properties ?? {}) : [];
  const bare = properties.filter(([, field]) => typeof field !== 'object' || field === null || !('description' in field));
  const inner = Object.entries(schema).flatMap(([key, value]) => undescribed(value, `${path}.${key}`));
  return [...bare.map(([name]) => `${path}.${name}`), ...inner];
}
