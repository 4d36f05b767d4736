import { expect, test } from 'vitest';
import { createLiveMap } from '../../src/app/live-map.ts';

const written = (type: string, secret: string, rules?: unknown) => ({ type, options: { reveal: () => ({ secret }) }, rules });

test('what is unchanged stays the same instance; the rest is made anew, added or removed', () => {
  const { live, replace } = createLiveMap(({ type }: ReturnType<typeof written>, name) => ({ type, name }));
  replace(new Map(['a', 'b', 'c', 'd'].map((name) => [name, written('x', 'old', 1)])));
  const before = new Map(live);
  replace(
    new Map([
      ['a', written('x', 'old', 1)],
      ['b', written('x', 'new', 1)],
      ['c', written('x', 'old', 2)],
      ['e', written('y', 'old')],
    ]),
  );
  expect([...live.keys()]).toEqual(['a', 'b', 'c', 'e']);
  expect(['a', 'b', 'c'].map((name) => live.get(name) === before.get(name))).toEqual([true, false, false]);
});

test('nothing changes where one instance cannot be made', () => {
  const { live, replace } = createLiveMap(({ type }: ReturnType<typeof written>) => {
    if (type === 'bad') throw new Error('cannot be made');
    return { type };
  });
  replace(new Map([['a', written('x', 's')]]));
  const before = new Map(live);
  expect(() =>
    replace(
      new Map([
        ['b', written('y', 's')],
        ['c', written('bad', 's')],
      ]),
    ),
  ).toThrow('cannot be made');
  expect(live).toEqual(before);
});
