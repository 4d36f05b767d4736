import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { describe, expect, test } from 'vitest';
import { filesBelow, read, root } from './tree.ts';

const pages = filesBelow().filter((path) => path.endsWith('.md'));

/** A relative link in a page: what it was written as, and the file and heading it means. */
type DocLink = { readonly page: string; readonly written: string; readonly file: string; readonly heading: string };

describe('links in the documentation', () => {
  test('every relative link leads to a file', () => {
    expect(pages.flatMap(linksOf).filter(({ file }) => !existsSync(join(root, file)))).toEqual([]);
  });

  test('every link to a heading finds it', () => {
    const lost = pages
      .flatMap(linksOf)
      .filter(({ file, heading }) => heading !== '' && pages.includes(file) && !headingsOf(file).has(heading));
    expect(lost).toEqual([]);
  });

  test('links and headings are read as people write them', () => {
    expect(linksIn('docs/a.md', 'See [b](b.md#one-two) and ![c](../c.png), not [d](https://d.example) or `[e](e.md)`.')).toEqual([
      { page: 'docs/a.md', written: 'b.md#one-two', file: 'docs/b.md', heading: 'one-two' },
      { page: 'docs/a.md', written: '../c.png', file: 'c.png', heading: '' },
    ]);
    expect(headingsIn('# One, `two`: three\n```\n# not one\n```\n## Two\n## Two')).toEqual(new Set(['one-two-three', 'two', 'two-1']));
  });
});

function linksOf(page: string): readonly DocLink[] {
  return linksIn(page, read(page));
}

function linksIn(page: string, text: string): readonly DocLink[] {
  const prose = withoutFences(text).replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)].flatMap(([, written = '']) => {
    if (/^[a-z][a-z+.-]*:/i.test(written) || written.startsWith('/')) return [];
    const [path = '', heading = ''] = written.split('#');
    const file = path === '' ? page : join(dirname(page), decodeURIComponent(path));
    return [{ page, written, file, heading }];
  });
}

function headingsOf(page: string): ReadonlySet<string> {
  return headingsIn(read(page));
}

// Names headings as code forges do: lower case, punctuation dropped, blanks to hyphens, repeats numbered.
function headingsIn(text: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const names = [...withoutFences(text).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(([, title = '']) => {
    const plain = title.replace(/\]\([^)]*\)/g, '').toLowerCase();
    const name = plain.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return count === 0 ? name : `${name}-${count}`;
  });
  return new Set(names);
}

function withoutFences(text: string): string {
  return text.replace(/^( *)(```|~~~)[\s\S]*?^\1\2/gm, '');
}
