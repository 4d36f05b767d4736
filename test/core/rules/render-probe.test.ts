import { describe, expect, test } from 'vitest';
import { describeTarget, type ProbeTarget, probeDurationMs } from '../../../src/core/rules/probe.ts';
import { renderProbe } from '../../../src/core/rules/render-probe.ts';
import { aSite } from '../../support/probing.ts';

const values = { service: 'shop', environment: 'production', version: 'v2/a+b', commit: null };
const command = (...argv: readonly [string, ...string[]]): ProbeTarget => ({ kind: 'command', argv, cwd: '/srv', ssh: null });

describe('the placeholders of a probe', () => {
  test('are encoded in a URL and stand as they are elsewhere', () => {
    const site = aSite('https://a/$service/$version?v=$version', {
      contains: '$version',
      lacks: '$$5',
      send: { x: '$service' },
      headers: { y: '$version' },
    });
    expect(renderProbe(site, values)).toMatchObject({
      url: 'https://a/shop/v2%2Fa%2Bb?v=v2%2Fa%2Bb',
      contains: 'v2/a+b',
      lacks: '$5',
      send: { x: 'shop' },
      headers: { y: 'v2/a+b' },
    });
  });

  test('stay inside the argument that they stand in', () => {
    expect(renderProbe(command('check', '--to=$version', '$service $environment'), values)).toEqual(
      command('check', '--to=v2/a+b', 'shop production'),
    );
  });

  test.for([
    ['a value that is no name', { version: '-rf; x' }, /the value of \$version must start with a letter/],
    ['a value that is missing', {}, /needs \$version/],
  ] as const)('%s is refused', ([, given, says]) => {
    expect(() => renderProbe(command('check', '$version'), given)).toThrow(says);
    expect(() => renderProbe(aSite('https://a/$version'), given)).toThrow(says);
  });
});

test.for<[ProbeTarget, string]>([
  [aSite('https://a/b'), 'GET https://a/b'],
  [{ kind: 'tcp', host: 'a', port: 1, tlsDays: null }, 'connect to a:1'],
  [command('ls', '-l', 'a b', ''), 'run ls -l "a b" ""'],
  [{ kind: 'command', argv: ['true'], cwd: null, ssh: 'vm' }, 'on vm run true'],
])('%j is told as %s', ([target, words]) => {
  expect(describeTarget(target)).toBe(words);
});

test('a probe takes all its attempts and the pauses between them', () => {
  expect(probeDurationMs({ withinMs: 5_000, attempts: 3, apartMs: 1_000 })).toBe(17_000);
});
