import { expect, test } from 'vitest';
import { filesBelow, read } from '../meta/tree.ts';

/** Style sheets of one page each: all of them are sent to every page. */
const pageSheets = filesBelow('src/web/assets').filter((path) => /\/(?:decide|deploy|overview|sign-in)\.css$/.test(path));

/** The classes with which the rules of a style sheet begin. */
function classesOf(path: string): readonly string[] {
  const rules = read(path).replaceAll(/\/\*.*?\*\//gs, '');
  const selectors = [...rules.matchAll(/([^{}]+)\{/g)].flatMap(([, list = '']) => list.split(',').map((one) => one.trim()));
  return [...new Set(selectors.flatMap((selector) => /^\.([\w-]+)/.exec(selector)?.[1] ?? []))];
}

test('a class is styled by the sheet of one page only, so that pages do not change each other', () => {
  expect(pageSheets.length).toBeGreaterThan(3);
  const sheetsByClass = Map.groupBy(
    pageSheets.flatMap((path) => classesOf(path).map((name) => ({ name, path }))),
    ({ name }) => name,
  );
  const shared = [...sheetsByClass].filter(([, sheets]) => sheets.length > 1).map(([name]) => name);
  // Both only add to what components.css says.
  expect(shared.filter((name) => !['badge', 'banner', 'button', 'disclosure', 'list'].includes(name))).toEqual([]);
});
