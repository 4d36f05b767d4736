import { describe, expect, test } from 'vitest';
import { parseRules } from '../../src/rules/parse-rules.ts';
import { complaints, filesOf, known } from './build.ts';

const own = 'rules: 1\nextends: shared/base.yaml\nservice: shop\nenvironment: production\n';
const base =
  'bake: { for: 30m, every: 30s }\nchecks:\n  up: { provider: prom, value: up, fail_when: { below: 1 } }\nnotify: [team, grafana]\n';

function parse(text: string, files: Readonly<Record<string, string>>) {
  return parseRules(text, 'rules/shop.yaml', { ...known, readFile: filesOf(files).readFile });
}

describe('a file that extends another', () => {
  test('takes over what it does not say itself; maps are merged and lists are replaced', () => {
    const ruleSet = parse(`${own}bake: { every: 10s }\nnotify: [grafana]\n`, { 'rules/shared/base.yaml': base });
    expect(ruleSet).toMatchObject({ bake: { forMs: 1_800_000, everyMs: 10_000 }, notify: ['grafana'], checks: [{ name: 'up' }] });
  });

  test('may extend a file that extends another', () => {
    const files = { 'rules/shared/base.yaml': 'extends: far/all.yaml\nbake: { for: 1h }\n', 'rules/shared/far/all.yaml': base };
    expect(parse(own, files)).toMatchObject({ bake: { forMs: 3_600_000, everyMs: 30_000 } });
  });

  test('is told of the problems of each at its own place', () => {
    const files = { 'rules/shared/base.yaml': base.replace('below', 'blow') };
    expect(complaints(() => parse(`${own}bake: { for: 9d }\n`, files))).toEqual([
      'rules/shared/base.yaml:3:49 checks.up.fail_when.blow: is not a known key (did you mean `below`? known: above, below, slower_than, for_more_than, relative, regression, drop, anomaly, mann_whitney, trend, for)',
      'rules/shop.yaml:5:14 bake.for: 9d is too long (write 1s to 7d)',
    ]);
  });

  test.for([
    {
      name: 'that is not there',
      line: 'extends: none.yaml',
      says: '2:10 extends: the file "rules/none.yaml" cannot be read: it does not exist',
    },
    {
      name: 'above its folder',
      line: 'extends: ../base.yaml',
      says: '2:10 extends: "../base.yaml" is outside of the folder of this file (name a file in the same folder or in a folder below it, such as shared/defaults.yaml)',
    },
    {
      name: 'by its whole path',
      line: 'extends: /etc/passwd',
      says: '2:10 extends: "/etc/passwd" is outside of the folder of this file (name a file in the same folder or in a folder below it, such as shared/defaults.yaml)',
    },
    {
      name: 'by a path of another system',
      line: 'extends: C:\\base.yaml',
      says: '2:10 extends: "C:\\base.yaml" is outside of the folder of this file (name a file in the same folder or in a folder below it, such as shared/defaults.yaml)',
    },
    {
      name: 'that is itself',
      line: 'extends: ./shop.yaml',
      says: '2:10 extends: "./shop.yaml" extends itself (the chain is rules/shop.yaml → rules/shop.yaml)',
    },
    { name: 'that is a list', line: 'extends: [a.yaml]', says: '2:10 extends: must be a text, not a list' },
  ])('cannot extend a file $name', ({ line, says }) => {
    expect(complaints(() => parse(own.replace('extends: shared/base.yaml', line), {}), 'rules/shop.yaml')).toEqual([says]);
  });

  test('cannot extend in circles', () => {
    const files = { 'rules/a.yaml': 'extends: b.yaml\n', 'rules/b.yaml': 'extends: a.yaml\n' };
    expect(complaints(() => parse(own.replace('shared/base', 'a'), files))).toEqual([
      'rules/b.yaml:1:10 extends: "a.yaml" extends itself (the chain is rules/shop.yaml → rules/a.yaml → rules/b.yaml → rules/a.yaml)',
    ]);
  });

  test('cannot extend six files deep', () => {
    const files = Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`rules/${n}.yaml`, `extends: ${n + 1}.yaml\n`]));
    expect(complaints(() => parse(own.replace('shared/base', '1'), files))).toEqual([
      'rules/4.yaml:1:10 extends: the chain of `extends` is longer than 5 files',
    ]);
  });

  test('cannot extend anything where files cannot be read', () => {
    expect(complaints(() => parseRules(own, 'r.yaml', known))).toEqual([
      '2:10 extends: `extends` does not work here (a rule file that is sent with a request must be complete)',
    ]);
  });
});
