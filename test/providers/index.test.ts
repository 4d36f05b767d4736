import { dirname, join } from 'node:path/posix';
import { describe, expect, test } from 'vitest';
import { providers } from '../../providers/index.ts';
import { sourcesBelow } from '../meta/tree.ts';

describe.for([...providers])('the plug-in %s', ([type, plugin]) => {
  test('is listed under its type', () => {
    expect(plugin.type).toBe(type);
  });

  test('works with its example, and has valid limits', () => {
    expect(plugin.bind(plugin.example)).toBeTypeOf('function');
    const { concurrency, perSecond } = plugin.limits(plugin.example);
    expect(plugin.settleMs(plugin.example)).toBeGreaterThanOrEqual(0);
    expect(concurrency).toBeGreaterThanOrEqual(1);
    expect(perSecond ?? 1).toBeGreaterThan(0);
    expect(plugin.maxTicks ?? 1).toBeGreaterThanOrEqual(1);
  });

  test('refuses an unknown option', () => {
    const options = { ...plugin.example, no_such_option: 1 };
    for (const call of [plugin.bind, plugin.limits, plugin.settleMs]) expect(() => call(options)).toThrow(/no_such_option/);
  });
});

test('no provider imports another', () => {
  const ownerOf = (path: string) =>
    [...providers.keys()].find((type) => path === `providers/${type}.ts` || path.startsWith(`providers/${type}/`));
  const strays = sourcesBelow('providers').flatMap(({ path, imports }) => {
    const to = imports.filter((name) => name.startsWith('.')).map((name) => ownerOf(join(dirname(path), name)));
    return to.filter((other) => ownerOf(path) && other && other !== ownerOf(path)).map((other) => `${path} imports ${other}`);
  });
  expect(strays).toEqual([]);
});
