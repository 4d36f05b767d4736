import { basename, dirname, join } from 'node:path/posix';
import { describe, expect, test } from 'vitest';
import { filesBelow, importsOf, type Source, sourcesBelow, withoutWords } from './meta/tree.ts';

/** Which of our own folders each folder may import, beside itself. Anything not named here may not be imported. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'src/core': [],
  analyzers: ['src/core'],
  'src/ports': ['src/core'],
  providers: ['src/core', 'src/ports', 'src/net'],
  'src/hooks': ['src/core', 'src/ports', 'src/net'],
  'src/notifiers': ['src/core', 'src/ports', 'src/net', 'src/charts'],
  'src/sign-in': ['src/core', 'src/ports', 'src/net'],
  'src/store': ['src/core', 'src/ports'],
  'src/rules': ['src/core', 'analyzers'],
  'src/usecases': ['src/core', 'src/ports', 'src/charts'],
  'src/scheduler': ['src/core', 'src/ports'],
  'src/effects': ['src/core', 'src/ports'],
  'src/net': ['src/core'],
  'src/charts': ['src/core'],
  'src/telemetry': ['src/core'],
  'src/api': ['src/core', 'src/ports', 'src/usecases', 'src/charts'],
  'src/web': ['src/core', 'src/ports', 'src/usecases', 'src/charts'],
  'src/client': [],
  'src/cli': ['src/client', 'src/core', 'src/ports', 'src/usecases', 'src/rules', 'analyzers', 'providers'],
};

/** The composition root and the entry: they know everything, and nothing else may import them. */
const knowsEverything = (path: string) => path.startsWith('src/app/') || path === 'src/main.ts' || path === 'src/main-cli.ts';

/** The shelves of a folder, lowest first: each may import only itself and lower ones. Files beside the shelves may import all of them. */
const shelves: Readonly<Record<string, readonly string[]>> = {
  'src/core': ['base', 'series', 'rules', 'judge', 'bake', 'backtest', 'chart', 'recording', 'notify', 'report'],
  'analyzers/regression': ['calibration.ts', 'math', 'counts', 'gauge', 'control', 'calibrate.ts', 'judge.ts'],
};

/** The packages that may be used where nothing may be read, waited for or printed. */
const purePackages: Readonly<Record<string, readonly string[]>> = {
  'src/core': ['zod', 'simple-statistics', 'cephes'],
  analyzers: ['zod', 'simple-statistics', 'cephes'],
  'src/ports': ['zod'],
  'src/charts': [],
};

const impure =
  /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bperformance\b|\bset(?:Timeout|Interval|Immediate)\b|\bconsole\b|\bprocess\.|\bfetch\(/;
// `import * as A` is no cast, `as const` asserts nothing, and lower-case words are prose or SQL in a template.
const cast = /(?<!\*)\sas (?:[A-Z{]|readonly\b|unknown\b|string\b|number\b|boolean\b|never\b|typeof\b|keyof\b)/;

const sources = sourcesBelow('src', 'analyzers', 'providers');
const tests = sourcesBelow('test');

describe('imports', () => {
  test.for(Object.entries(mayImport))('%s imports only what it may', ([place, allowed]) => {
    const strays = sources
      .filter(({ path }) => placeOf(path) === place)
      .flatMap((source) => ownImports(source).map((to) => ({ from: source.path, to })))
      .filter(({ to }) => placeOf(to) !== place && !allowed.includes(placeOf(to)));
    expect(strays).toEqual([]);
  });

  test('every folder has a row in the table', () => {
    expect(pathsOf(sources).filter((path) => !Object.hasOwn(mayImport, placeOf(path)) && !knowsEverything(path))).toEqual([]);
  });

  test.for(Object.entries(shelves))('the shelves of %s import only lower ones', ([folder, order]) => {
    const shelfOf = (path: string) => (path.startsWith(`${folder}/`) ? path.slice(folder.length + 1).split('/')[0] : undefined);
    const imports = sources.flatMap((source) => ownImports(source).map((to) => ({ from: source.path, to })));
    const inside = imports.flatMap(({ from, to }) => {
      const [own, other] = [shelfOf(from), shelfOf(to)];
      return own === undefined || other === undefined ? [] : [{ from, to, up: order.indexOf(other) > order.indexOf(own) }];
    });
    const unknown = sources.filter(({ path }) => shelfOf(path) !== undefined && !order.includes(shelfOf(path) ?? ''));
    expect(pathsOf(unknown)).toEqual([]);
    expect(inside.filter(({ up }) => up)).toEqual([]);
  });

  test('no file imports itself in a circle, not even for a type', () => {
    expect(circlesOf(new Map(sources.map((source) => [source.path, ownImports(source)])))).toEqual([]);
  });

  test.for(Object.entries(purePackages))('%s uses no package that reads, waits or prints', ([place, allowed]) => {
    const used = sources
      .filter(({ path }) => placeOf(path) === place)
      .flatMap(({ imports }) => imports.filter((name) => !name.startsWith('.')));
    expect(used.filter((name) => !allowed.includes(name))).toEqual([]);
  });

  test('no own import leaves out its extension', () => {
    const bare = [...sources, ...tests].flatMap(({ path, imports }) =>
      imports.filter((name) => name.startsWith('.') && !/\.(ts|mjs|json)$/.test(name)).map((name) => `${path}: ${name}`),
    );
    expect(bare).toEqual([]);
  });
});

describe('purity', () => {
  test.for(['src/core', 'analyzers', 'src/charts'])('%s has no clock, chance, timer or output', (place) => {
    const lines = sources
      .filter(({ path }) => placeOf(path) === place)
      .flatMap(({ path, code }) => linesOf(code).flatMap((line, i) => (impure.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : [])));
    expect(lines).toEqual([]);
  });

  test('the environment is read in src/app/env.ts alone', () => {
    expect(pathsOf(sources.filter(({ path, code }) => path !== 'src/app/env.ts' && /\bprocess\.env\b/.test(code)))).toEqual([]);
  });
});

describe('plug-ins', () => {
  const folders = ['analyzers', 'providers', 'src/hooks', 'src/hooks/traffic', 'src/notifiers'];

  test.for(folders)('every plug-in in %s is listed in its index, and is named after its type', (folder) => {
    const plugins = sources.filter(
      ({ path, code }) => dirname(path) === folder && /\b(?:definePlugin|defineAnalyzer|defineProvider)(?:<[^(]*>)?\(\{/.test(code),
    );
    const index = sources.find(({ path }) => path === `${folder}/index.ts`);
    expect(pathsOf(plugins).filter((path) => !index?.imports.includes(`./${basename(path)}`))).toEqual([]);
    for (const { path, text } of plugins) {
      expect(`${/^ {2}type: '([a-z_]+)'/m.exec(text)?.[1]?.replaceAll('_', '-')}.ts`).toBe(basename(path));
    }
  });

  test.for(folders)('everything else in %s serves a plug-in there', (folder) => {
    const here = sources.filter(({ path }) => dirname(path) === folder);
    const used = new Set(sources.flatMap(ownImports));
    expect(pathsOf(here).filter((path) => !used.has(path) && basename(path) !== 'index.ts')).toEqual([]);
  });
});

describe('house rules', () => {
  test('no source is longer than 250 lines, unless it is generated', () => {
    const written = sources.filter(({ text }) => !text.startsWith('// Generated from '));
    expect(written.map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 })).filter(({ lines }) => lines > 250)).toEqual([]);
  });

  test('every file name is kebab-case', () => {
    const names = [...sources, ...tests].map(({ path }) => path).filter((path) => !/^[a-z0-9-]+(\.[a-z-]+)*\.ts$/.test(basename(path)));
    expect(names).toEqual([]);
  });

  test('nothing is left for later', () => {
    const marks = [...sources, ...tests].flatMap(({ path, text }) =>
      linesOf(text).flatMap((line) => (/\b(?:TO[D]O|FIX[M]E|XX[X])\b/.test(line) ? [`${path}: ${line.trim()}`] : [])),
    );
    expect(marks).toEqual([]);
  });

  test('a cast says why', () => {
    expect(sources.flatMap(bareCasts)).toEqual([]);
  });

  test('modules are never mocked', () => {
    expect(pathsOf(tests.filter(({ code }) => /\bvi\.(?:mock|doMock|hoisted)\(/.test(code)))).toEqual([]);
  });

  test('no test is left out or run alone', () => {
    expect(pathsOf(tests.filter(({ code }) => /\b(?:test|it|describe)\.(?:only|skip|todo)\(/.test(code)))).toEqual([]);
  });

  test('contracts are not collected by themselves', () => {
    expect(filesBelow('test/contracts').filter((path) => path.endsWith('.test.ts'))).toEqual([]);
  });
});

describe('the reading of sources', () => {
  test('finds circles', () => {
    const graph = new Map([
      ['a', ['b', 'c']],
      ['b', ['c']],
      ['c', ['b']],
      ['d', ['a']],
    ]);
    expect(circlesOf(graph)).toEqual([['b', 'c']]);
  });

  test('finds imports of every form', () => {
    const text =
      "import 'a';\nimport b from 'b';\nimport {\n  c,\n} from './c.ts';\nexport * from 'd';\nexport type { E } from 'e';\nawait import('f');\nexport const g = 'no';";
    expect(importsOf(text)).toEqual(['a', 'b', './c.ts', 'd', 'e', 'f']);
  });

  test('blanks prose and keeps code', () => {
    expect(withoutWords("a('Date.now'); // Date.now\nb(/* c */ 1);").replace(/ +/g, ' ')).toBe('a( ); \nb( 1);');
  });
});

/** The row of the import table a file belongs to: its top folder, or its folder in `src`, or the file itself where it lies in `src`. */
function placeOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  return top === 'src' ? `${top}/${second}` : top;
}

/** The project's own files that a source imports, as paths from the root. */
function ownImports({ path, imports }: Source): readonly string[] {
  return imports.filter((name) => name.startsWith('.')).map((name) => join(dirname(path), name));
}

/** The groups of files of which each imports the others, directly or not. */
function circlesOf(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const reaches = (from: string): ReadonlySet<string> => {
    const seen = new Set<string>();
    const open = [...(graph.get(from) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(graph.get(next) ?? []));
    }
    return seen;
  };
  const reached = new Map([...graph.keys()].map((path) => [path, reaches(path)]));
  const circle = (path: string) => [...graph.keys()].filter((other) => reached.get(path)?.has(other) && reached.get(other)?.has(path));
  const circles = [...graph.keys()].filter((path) => reached.get(path)?.has(path)).map((path) => circle(path).sort());
  return [...new Map(circles.map((members) => [members.join(), members])).values()];
}

function pathsOf(list: readonly Source[]): readonly string[] {
  return list.map(({ path }) => path);
}

function linesOf(text: string): readonly string[] {
  return text.split('\n');
}

// A comment counts when it is on the line of the cast or on the one above.
function bareCasts({ path, text, code }: Source): readonly string[] {
  const lines = linesOf(text);
  return linesOf(code).flatMap((line, i) => {
    if (!cast.test(line) || /^(?:import|export)\b|^ {2}(?:type )?\w+ as \w+,$/.test(line)) return [];
    const said = `${lines[i - 1] ?? ''}\n${lines[i] ?? ''}`;
    return /\/\/|\*\//.test(said) ? [] : [`${path}:${i + 1}: ${lines[i]?.trim()}`];
  });
}
