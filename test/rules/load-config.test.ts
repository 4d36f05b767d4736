import { describe, expect, test } from 'vitest';
import { checkFiles } from '../../src/rules/check-files.ts';
import { loadConfig, placeKey } from '../../src/rules/load-config.ts';
import { complaints, filesOf } from './build.ts';
import { plugins } from './config-build.ts';

const config = 'config: 1\nproviders: { prom: { type: prometheus, url: http://p } }\nrules: [rules/*.yaml]\n';

function rules(service: string, more = 'value: up'): string {
  return `rules: 1\nservice: ${service}\nenvironment: production\nchecks: { up: { provider: prom, ${more}, fail_when: { below: 1 } } }\n`;
}

type Files = Readonly<Record<string, string>>;

function load(files: Files) {
  return loadConfig({ file: 'etc/b.yaml', env: {}, ...filesOf(files), plugins });
}

function wrongWithAll(files: Files): readonly string[] {
  return complaints(() => load(files), null);
}

describe('loadConfig', () => {
  test('brings every rule file that the config names, by service and environment', () => {
    const { ruleSets } = load({
      'etc/b.yaml': config,
      'etc/rules/b.yaml': rules('b'),
      'etc/rules/a.yaml': rules('a'),
      'etc/rules/.hidden.yaml': 'not rules',
      'etc/rules/notes.txt': 'not rules',
      'etc/rules/shared/base.yaml': 'not rules',
    });
    expect([...ruleSets.keys()]).toEqual(['a/production', 'b/production']);
    expect(ruleSets.get(placeKey('b', 'production'))?.service).toBe('b');
  });

  test('reads a file once, however often it is named', () => {
    const files = { 'etc/b.yaml': config.replace(']', ', rules/a.yaml, ./rules/a*]'), 'etc/rules/a.yaml': rules('a') };
    expect(load(files).ruleSets.size).toBe(1);
  });

  test('tells the problems of the config and of all rule files at once', () => {
    const files = {
      'etc/b.yaml': `${config}sever: {}\n`,
      'etc/rules/a.yaml': rules('a').replace('prom', 'prmo'),
      'etc/rules/b.yaml': rules('b', 'rate: rate(a)'),
      'etc/rules/c.yaml': 'rules: [',
      'etc/rules/d.yaml': rules('b'),
    };
    expect(wrongWithAll(files)).toEqual([
      'etc/b.yaml:4:1 sever: is not a known key (did you mean `server`? known: config, server, database, data_dir, drain, tokens, pipelines, sign_in, providers, hooks, traffic, notifiers, rules, policy)',
      'etc/rules/a.yaml:4:27 checks.up.provider: no provider is named "prmo" (did you mean `prom`? defined: prom)',
      "etc/rules/b.yaml:4:39 checks.up.rate: rate() is no counter selector (write any other query as `{ query: '…' }`)",
      'etc/rules/c.yaml:1:9 the text is not YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
      'etc/rules/d.yaml:2:10 service: b in production already has rules, in etc/rules/b.yaml (keep one file for each service and environment)',
    ]);
  });

  test('takes an instance that is wrong for defined: its problem is told once', () => {
    const files = { 'etc/b.yaml': config.replace('url', 'ulr'), 'etc/rules/a.yaml': rules('a') };
    expect(wrongWithAll(files).every((line) => line.startsWith('etc/b.yaml'))).toBe(true);
  });

  test.for([
    { name: 'a config that is not there', files: {}, says: ['etc/b.yaml:1:1 the file "etc/b.yaml" cannot be read: it does not exist'] },
    {
      name: 'a rule file that is not there',
      files: { 'etc/b.yaml': config.replace('rules/*', 'shop') },
      says: ['etc/b.yaml:3:9 rules[0]: the file "etc/shop.yaml" cannot be read: it does not exist'],
    },
    {
      name: 'a folder that is not there',
      files: { 'etc/b.yaml': config },
      says: ['etc/b.yaml:3:9 rules[0]: the folder "etc/rules" cannot be read (name an existing folder)'],
    },
    {
      name: 'a folder without rule files',
      files: { 'etc/b.yaml': config, 'etc/rules/a.yml': rules('a') },
      says: ['etc/b.yaml:3:9 rules[0]: no file matches "etc/rules/*.yaml"'],
    },
  ])('says what is wrong with $name', ({ files, says }) => {
    expect(wrongWithAll(files)).toEqual(says);
  });

  test.for([
    { pattern: '*.yaml', found: ['a.b.yaml', 'a.yaml', 'ab.yaml'] },
    { pattern: 'a*b*.yaml', found: ['a.b.yaml', 'ab.yaml'] },
    { pattern: 'a.y*ml', found: ['a.yaml', 'a.yml'] },
    { pattern: 'a.yaml*.yaml', found: [] },
  ])('$pattern matches $found', ({ pattern, found }) => {
    const names = ['a.yaml', 'ab.yaml', 'a.b.yaml', 'a.yml', '.yaml'];
    const files = Object.fromEntries(names.map((name) => [`etc/rules/${name}`, rules(`s${name}`)]));
    const text = config.replace('*.yaml', `${pattern}`).concat('policy: {}\n');
    const read: string[] = [];
    const { readFile, listFiles } = filesOf({ 'etc/b.yaml': text, ...files });
    const noted = (path: string): string => {
      read.push(path);
      return readFile(path);
    };
    complaints(() => loadConfig({ file: 'etc/b.yaml', env: {}, listFiles, plugins, readFile: noted }));
    expect(read.slice(1)).toEqual(found.map((name) => `etc/rules/${name}`));
  });

  test('names with slashes cannot be mistaken for other names', () => {
    expect(placeKey('a/b', 'c')).not.toBe(placeKey('a', 'b/c'));
    expect(placeKey('shop', 'production')).toBe('shop/production');
  });
});

describe('checkFiles', () => {
  const check = (names: readonly string[], files: Files) => checkFiles(names, { env: {}, ...filesOf(files), plugins });

  test('tells rule files and configs apart, and checks the former against the latter', () => {
    const files = { 'b.yaml': config.replace('rules: [rules/*.yaml]', ''), 'r.yaml': rules('a').replace('prom', 'prmo') };
    expect(check(['r.yaml', 'b.yaml'], files)).toMatchObject({
      files: [
        { file: 'r.yaml', kind: 'rules' },
        { file: 'b.yaml', kind: 'config' },
      ],
      lines: ['r.yaml:4:27 checks.up.provider: no provider is named "prmo" (did you mean `prom`? defined: prom)'],
    });
  });

  test('names the rule files that a config brings, each once', () => {
    const files = { 'b.yaml': config, 'rules/a.yaml': rules('a'), 'rules/b.yaml': rules('b') };
    expect(check(['rules/b.yaml', 'b.yaml'], files)).toEqual({
      files: [
        { file: 'rules/b.yaml', kind: 'rules' },
        { file: 'b.yaml', kind: 'config' },
        { file: 'rules/a.yaml', kind: 'rules' },
      ],
      problems: [],
      lines: [],
      notes: [],
    });
  });

  test('knows a file without its first line by what else it says', () => {
    const files = { 'b.yaml': config.replace('config: 1\n', ''), 'rules/a.yaml': rules('a').replace('rules: 1\n', '') };
    expect(check(['b.yaml'], files).lines).toEqual([
      'b.yaml:1:1 config: is required (begin the file with `config: 1`)',
      'rules/a.yaml:1:1 rules: is required (begin the file with `rules: 1`)',
    ]);
  });

  test('takes names of instances on trust where there is no config', () => {
    expect(check(['r.yaml'], { 'r.yaml': rules('a').replace('prom', 'prmo') }).problems).toEqual([]);
  });

  test('follows what a rule file extends', () => {
    const files = { 'r.yaml': `extends: base.yaml\n${rules('a')}`, 'base.yaml': 'bake: { for: 1y }\n' };
    expect(check(['r.yaml'], files).lines).toEqual([
      'base.yaml:1:14 bake.for: "1y" is not a duration (write a number and a unit, such as 30s, 15m or 1h30m)',
    ]);
  });

  test('says which files it could not make out', () => {
    expect(check(['no.yaml', 'x.yaml', 'y.yaml'], { 'x.yaml': 'a: 1\n', 'y.yaml': 'a: [\n' })).toEqual({
      files: [
        { file: 'no.yaml', kind: 'unknown' },
        { file: 'x.yaml', kind: 'unknown' },
        { file: 'y.yaml', kind: 'unknown' },
      ],
      problems: expect.any(Array),
      lines: [
        'no.yaml:1:1 the file "no.yaml" cannot be read: it does not exist',
        'x.yaml:1:1 this is neither a rule file nor a config (begin with `rules: 1` or `config: 1`)',
        'y.yaml:2:1 the text is not YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
      ],
      notes: [],
    });
  });
});
