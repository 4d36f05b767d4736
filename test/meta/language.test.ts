import { dirname } from 'node:path/posix';
import { describe, expect, test } from 'vitest';
import { filesBelow, read, sourcesBelow } from './tree.ts';

/** Words that turned sentences into riddles; CONTRIBUTING.md says what to write instead. */
const riddles = /\b(?:told|so many|so much|so often|lest|dear to|nobody else|are nobody|is none|whoever)\b/gi;

/** Where such a word is right: it is quoted, or stored. */
const allowed: readonly RegExp[] = [/^CONTRIBUTING\.md:/];

/** How many of the words a folder may hold: names of stored fields in a comment. Every other folder holds none. */
const remaining: Readonly<Record<string, number>> = { 'src/core/bake': 1 };

describe('the language of comments, messages and pages', () => {
  const found = [...wordsInSources(), ...wordsInPages()].filter((place) => !allowed.some((pattern) => pattern.test(place)));
  const byFolder = Map.groupBy(found, (place) => folderOf(place.split(':')[0] ?? ''));
  const folders = new Set([...byFolder.keys(), ...Object.keys(remaining)]);

  test.for([...folders].toSorted())('%s holds no riddles', (folder) => {
    const places = byFolder.get(folder) ?? [];
    expect(places.length, places.join('\n')).toBeLessThanOrEqual(remaining[folder] ?? 0);
  });

  test('words are found in comments, texts and templates, and not in code', () => {
    const text = `/** He told it. */\nconst told = 'so many'; // whoever\nlog(\`lest \${told} is \${told.length}\`, "is none");`;
    expect(proseOf(text).match(riddles)).toEqual(['told', 'so many', 'whoever', 'lest', 'is none']);
    expect(proseInPage('The told.\n\n```sh\ntold\n```\n\n`told`, so often.').match(riddles)).toEqual(['told', 'so often']);
  });
});

describe('the glossary', () => {
  const rows = [...read('docs/explanation/glossary.md').matchAll(/^\| (?!word |-)(.+?) \| (.+) \|$/gm)].map(([, word = '']) => word);

  test('defines many words, each once', () => {
    expect(rows.length).toBeGreaterThan(50);
    expect(rows.filter((word, i) => rows.indexOf(word) !== i)).toEqual([]);
    expect(rows.filter((word) => word.includes(','))).toEqual([]);
  });

  test('is sorted', () => {
    expect(rows).toEqual(rows.toSorted((a, b) => (a < b ? -1 : 1)));
  });

  test('is the only page with a table of words', () => {
    const pages = filesBelow('docs').filter((path) => path.endsWith('.md') && /^\| word \|/m.test(read(path)));
    expect(pages).toEqual(['docs/explanation/glossary.md']);
  });
});

function wordsInSources(): readonly string[] {
  return sourcesBelow('src', 'analyzers', 'providers').flatMap(({ path, text }) => placesIn(path, proseOf(text)));
}

function wordsInPages(): readonly string[] {
  return pages().flatMap((path) => placesIn(path, proseInPage(read(path))));
}

/** The pages that people write. Parts that are generated come from the sources, and are checked there. */
function pages(): readonly string[] {
  const generated = new Set(['bench/accuracy/report.md']);
  return filesBelow().filter((path) => path.endsWith('.md') && !generated.has(path));
}

function placesIn(path: string, prose: string): readonly string[] {
  return prose.split('\n').flatMap((line, i) => [...line.matchAll(riddles)].map(([word]) => `${path}:${i + 1}: ${word}: ${line.trim()}`));
}

const prose = /\/\*[\s\S]*?\*\/|(?<![:\\])\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;

/** The comments and texts of a source, on their lines; code is blanked out. */
function proseOf(text: string): string {
  let [out, end] = ['', 0];
  for (const match of text.matchAll(prose)) {
    out += blank(text.slice(end, match.index)) + match[0].replace(/\$\{[^}]*\}/g, blank);
    end = match.index + match[0].length;
  }
  return out + blank(text.slice(end));
}

/** The sentences of a page, on their lines: without fences, code and what is generated. */
function proseInPage(text: string): string {
  return text
    .replace(/^( *)(```|~~~)[\s\S]*?^\1\2/gm, blank)
    .replace(/<!-- generated: (.+?) -->[\s\S]*?<!-- end of \1 -->/g, blank)
    .replace(/`[^`\n]*`/g, blank);
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}

/** The folder that a count belongs to: a shelf, a folder of `src`, or a top folder. */
function folderOf(path: string): string {
  const parts = dirname(path).split('/');
  return parts.slice(0, /^src\/core/.test(path) || parts[0] === 'analyzers' || parts[0] === 'docs' ? 3 : 2).join('/');
}
