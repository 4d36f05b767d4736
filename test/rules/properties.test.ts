import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { formatDuration } from '../../src/core/base/duration.ts';
import { ConfigError } from '../../src/core/base/errors.ts';
import { Amount, Damping, duration } from '../../src/core/rules/written-values.ts';
import { checkFiles } from '../../src/rules/check-files.ts';
import { parseRules } from '../../src/rules/parse-rules.ts';
import { codePoint } from '../support/code-point.ts';
import { runs } from '../support/runs.ts';
import { aCheck, aFile, filesOf, known } from './build.ts';
import { configOf, plugins } from './config-build.ts';

/** Words that lead deep into the grammar, among others that do not. */
const word = fc.oneof(
  fc.constantFrom('rules', 'config', 'service', 'environment', 'bake', 'for', 'every', 'like', 'control', 'canary', 'checks', 'extends'),
  fc.constantFrom('provider', 'ratio', 'bad', 'total', 'rate', 'exposure', 'latency', 'value', 'query', 'fail_when', 'relative', 'to'),
  fc.constantFrom('regression', 'drop', 'anomaly', 'mann_whitney', 'interval', 'tolerance', 'direction', 'false_alarms'),
  fc.constantFrom('above', 'below', 'slower_than', 'for_more_than', 'more_than', 'tokens', 'name', 'token', 'verbs', 'providers', 'type'),
  fc.constantFrom(
    'prom',
    'prometheus',
    'control',
    '5%',
    '15m',
    '2 of 3',
    '$version',
    '$nope',
    `\${A}`,
    '${',
    'file:x',
    '<<',
    '__proto__',
    '*',
  ),
  fc.string(),
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    word,
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    tie('list'),
    tie('map'),
  ),
  list: fc.array(tie('any'), { maxLength: 4 }),
  map: fc.dictionary(word, tie('any'), { maxKeys: 6 }),
}));
/** Text that is nearly YAML: its signs and words in any order. */
const nearlyYaml = fc
  .array(
    fc.oneof(
      word,
      fc.constantFrom('\n', '  ', ': ', '- ', '{', '}', '[', ']', '&a ', '*a', '"', "'", '|\n', '#', '\t', '? ', '---\n', '!!x ', '\0'),
    ),
    { size: 'medium' },
  )
  .map((pieces) => pieces.join(''));
const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: codePoint }),
  nearlyYaml,
  value.any.map((made) => stringify(made)),
);

function throwsOnlyConfigErrors(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    if (!(error instanceof ConfigError)) return;
    expect(error.problems.length).toBeGreaterThan(0);
    for (const { line, column, message } of error.problems) expect(line > 0 && column > 0 && message !== '').toBe(true);
  }
}

describe('whatever the text', () => {
  test('a rule file either parses or is told why not', () => {
    fc.assert(
      fc.property(anyText, (text) => throwsOnlyConfigErrors(() => parseRules(text, 'r.yaml', known))),
      runs(1000),
    );
  });

  test('a rule file that begins well either parses or is told why not', () => {
    fc.assert(
      fc.property(value.any, fc.constantFrom('checks', 'bake', 'control', 'rollback', 'notify', 'extends', 'baseline'), (made, key) => {
        const text = aFile(stringify({ [key]: made }).replaceAll('\t', ' '));
        throwsOnlyConfigErrors(() => parseRules(text, 'r.yaml', { ...known, readFile: () => text }));
      }),
      runs(500),
    );
  });

  test('a check either parses or is told why not', () => {
    fc.assert(
      fc.property(value.map, (made) => throwsOnlyConfigErrors(() => parseRules(aCheck(stringify(made)), 'r.yaml', known))),
      runs(500),
    );
  });

  test('a config either parses or is told why not', () => {
    fc.assert(
      fc.property(anyText, (text) => throwsOnlyConfigErrors(() => configOf(text, { env: { A: text }, files: { 'etc/x': text } }))),
      runs(1000),
    );
  });

  test('the check of files never throws', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { lines, problems } = checkFiles(['f.yaml'], { env: {}, ...filesOf({ 'f.yaml': text }), plugins });
        expect(lines).toHaveLength(problems.length);
      }),
      runs(500),
    );
  });

  test('a secret from the environment is in no message', () => {
    const secret = fc.stringMatching(/^[0-9A-F]{12,40}$/, { size: 'max' });
    const key = fc.constantFrom(
      'listen',
      'url',
      'type',
      'token',
      'name',
      'verbs',
      'approval',
      'data_dir',
      'rules',
      'providers',
      'hash',
      'ca',
    );
    fc.assert(
      fc.property(secret, fc.array(key, { minLength: 1, maxLength: 3 }), fc.boolean(), (text, path, isList) => {
        const nested = path.reduceRight<unknown>((inner, name) => ({ [name]: isList ? [inner] : inner }), `\${A}`);
        const top = { server: nested, tokens: [nested], providers: { p: nested, q: { type: 'prometheus', url: nested } }, policy: nested };
        try {
          configOf(stringify(top), { env: { A: text } });
        } catch (error) {
          expect(error instanceof ConfigError ? error.message : 'another error').not.toContain(text.slice(0, 8));
        }
      }),
      runs(300),
    );
  });
});

describe('what is written comes back', () => {
  test('durations', () => {
    fc.assert(
      fc.property(fc.nat({ max: 40 * 86_400_000 }), (ms) => {
        expect(duration().parse(formatDuration(ms))).toBe(ms);
      }),
    );
  });

  test('percentages are their share, without noise', () => {
    fc.assert(
      fc.property(fc.nat({ max: 100_000 }), (n) => {
        expect(Amount.parse(`${n / 1000}%`).value).toBe(Number(`${n}e-5`));
        expect(Amount.parse(n / 1000).value).toBe(n / 1000);
      }),
    );
  });

  test('damping', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 100 }), (a, b) => {
        const [k, n] = [Math.min(a, b), Math.max(a, b)];
        expect(Damping.parse(`${k} of ${n}`)).toEqual({ k, n });
      }),
    );
  });

  test.for([{ indent: 7 }, { collectionStyle: 'flow' }, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' }] as const)(
    'a rule set is the same however its YAML is laid out: %o',
    (layout) => {
      const check = { provider: 'prom', ratio: { bad: 'a', total: 'b' }, fail_when: [{ above: '5%', for: '2 of 3' }] };
      const source = { rules: 1, service: 'shop', environment: 'production', checks: { c: check } };
      const usual = aCheck('ratio: { bad: a, total: b }\nfail_when: { above: 0.05, for: 2  of  3 }');
      expect(parseRules(stringify(source, layout), 'r.yaml', known)).toEqual(parseRules(usual, 'r.yaml', known));
    },
  );
});
