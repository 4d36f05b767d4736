import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../src/core/base/errors.ts';
import { namePattern } from '../../src/core/base/name-pattern.ts';
import { isPlaceholder, placeholdersIn, queryPlaceholders, renderQuery, renderText } from '../../src/core/rules/render-query.ts';

const values = { service: 'shop', version: 'v1.2', known_good: 'v1.1', step: '15s', matchers: 'version="v1.2"' };

describe('renderQuery', () => {
  test.for([
    { name: 'fills a placeholder in', text: 'up{v="$version"}', gives: 'up{v="v1.2"}' },
    { name: 'fills every one in', text: '$service $step $service', gives: 'shop 15s shop' },
    { name: 'takes the longest name', text: '$known_good', gives: 'v1.1' },
    { name: 'knows braces', text: `http_\${service}_total`, gives: 'http_shop_total' },
    { name: 'leaves an end anchor alone', text: 'up{v=~"5..$"}', gives: 'up{v=~"5..$"}' },
    { name: 'leaves the groups of label_replace alone', text: 'label_replace(up, "a", "$1", "b", "(.*)")', gives: null },
    { name: 'makes two dollar signs one', text: '$$service costs $$1', gives: '$service costs $1' },
    { name: 'puts matchers in as they are', text: 'up{$matchers}', gives: 'up{version="v1.2"}' },
    { name: 'lets a name match only itself in a regular expression', text: 'up{v=~"$version"}', gives: 'up{v=~"v1\\\\.2"}' },
    { name: 'also one that is negated', text: "up{v!~ '$version|x'}", gives: "up{v!~ 'v1\\\\.2|x'}" },
    { name: 'also one of LogQL', text: '{a="$version"} |~ `$version .*`', gives: '{a="v1.2"} |~ `v1\\.2 .*`' },
    { name: 'knows where a string ends', text: 'up{a=~"x\\"$version", b="$version"}', gives: 'up{a=~"x\\"v1\\\\.2", b="v1.2"}' },
    { name: 'takes no string within a string', text: `up{a="=~'$version'"}`, gives: `up{a="=~'v1.2'"}` },
    {
      name: 'takes no string in a comment',
      text: `up # don't =~"$version\n+ up{v=~"$version"}`,
      gives: `up # don't =~"v1.2\n+ up{v=~"v1\\\\.2"}`,
    },
    { name: 'does not fill in what it filled in', text: '$matchers', gives: '$service', matchers: '$service' },
  ])('$name', ({ text, gives, matchers }) => {
    expect(renderQuery(text, { ...values, ...(matchers && { matchers }) })).toBe(gives ?? text);
  });

  test.for([
    { name: 'an unknown placeholder', text: '$versoin', says: 'unknown placeholder $versoin' },
    { name: 'a placeholder that goes on', text: '$service_total', says: 'unknown placeholder $service_total' },
    { name: 'a placeholder without a value', text: '$commit', says: 'the query needs $commit, which this deploy does not have' },
    { name: 'a placeholder without a known-good version', text: '$known_good', with: { known_good: null }, says: 'needs $known_good' },
    { name: 'a value that closes a quote', text: '$version', with: { version: '"} or up{a="' }, says: 'the value of $version must start' },
    { name: 'an empty value', text: '$version', with: { version: '' }, says: 'the value of $version is empty' },
  ])('refuses $name', ({ text, with: more, says }) => {
    expect(() => renderQuery(text, { ...values, ...more })).toThrow(expect.objectContaining({ code: 'invalid' }));
    expect(() => renderQuery(text, { ...values, ...more })).toThrow(says);
  });

  const name = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,20}$/, { size: 'max' });
  const piece = fc.oneof(fc.string(), fc.constantFrom(...Object.keys(queryPlaceholders).map((key) => `$${key}`), '$$', '$', '${', '}'));
  const text = fc.array(piece, { size: 'medium' }).map((pieces) => pieces.join(''));

  test('throws nothing but AppError, whatever the text', () => {
    fc.assert(
      fc.property(text, fc.record({ service: fc.string(), version: fc.string() }, { requiredKeys: [] }), (query, given) => {
        try {
          renderQuery(query, given);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });

  test('a text without placeholders and double dollar signs stays as it is', () => {
    fc.assert(
      fc.property(text, (query) => {
        fc.pre(placeholdersIn(query).length === 0 && !query.includes('$$'));
        expect(renderQuery(query, {})).toBe(query);
      }),
    );
  });

  test('a rendered query holds no placeholder, and nothing of a value that could end a string', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('$service', '$version', 'up', '{a="', '"}', ' '), { size: 'medium' }),
        name,
        name,
        (pieces, service, version) => {
          const rendered = renderQuery(pieces.join(' '), { service, version });
          expect(placeholdersIn(rendered)).toEqual([]);
          expect(rendered.split('"')).toHaveLength(pieces.join(' ').split('"').length);
        },
      ),
    );
  });

  test('in a regular expression, a name matches itself and no other name', () => {
    const anyName = fc.stringMatching(namePattern, { size: 'max' });
    const quotes = fc.constantFrom('"', "'", '`');
    fc.assert(
      fc.property(anyName, anyName, quotes, fc.constantFrom('=~', '!~', '|~'), (version, other, quote, operator) => {
        const rendered = renderQuery(`up{a="$version",b${operator}${quote}$version${quote}}`, { version });
        const [, plain, written = ''] = /^up\{a="([^"]*)",b..[`'"](.*)[`'"]\}$/s.exec(rendered) ?? [];
        expect(plain).toBe(version);
        const source = quote === '`' ? written : written.replace(/\\(.)/g, '$1');
        const pattern = new RegExp(`^(?:${source})$`);
        expect(pattern.test(version)).toBe(true);
        expect(pattern.test(other)).toBe(other === version);
      }),
    );
  });

  test('parts that are no regular expression are filled in as any text', () => {
    fc.assert(
      fc.property(text, (query) => {
        fc.pre(!/[=!|]~/.test(query));
        const given = {
          service: 'a.b+c',
          environment: 'e',
          version: 'v1.2',
          commit: 'c',
          known_good: 'v1.1',
          step: '15s',
          matchers: 'x=~"y"',
        };
        const of = (render: typeof renderText) => {
          try {
            return render(query, given);
          } catch (error) {
            return String(error);
          }
        };
        expect(of(renderQuery)).toBe(of(renderText));
      }),
    );
  });

  test('every value that is filled in is a name', () => {
    fc.assert(
      fc.property(fc.string({ size: 'medium' }), (version) => {
        fc.pre(!namePattern.test(version));
        expect(() => renderQuery('$version', { version })).toThrow(AppError);
      }),
    );
  });
});

test('placeholdersIn names each once, known or not, in order', () => {
  expect(placeholdersIn(`$b $$c \${a} $b $1 $`)).toEqual(['b', 'a']);
  expect(['service', 'toString'].map(isPlaceholder)).toEqual([true, false]);
});
