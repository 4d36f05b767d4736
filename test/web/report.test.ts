import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildReport } from '../../src/core/report/report.ts';
import type { DeployDetails } from '../../src/usecases/view-deploy.ts';
import { deployPage } from '../../src/web/deploy-page.ts';
import { block, link, plain } from '../../src/web/markdown.ts';
import { renderReport } from '../../src/web/render-report.ts';
import { anyReportSource } from '../support/any-report.ts';
import { t0 } from '../support/builders.ts';
import { runs } from '../support/runs.ts';

const url = 'http://127.0.0.1:8700/deploys/0f8fad5b';
const allowed =
  'html|head|meta|link|title|style|body|main|h1|h2|p|a|ul|li|b|span|details|summary|table|thead|tbody|tr|th|td|pre|figure|div|svg|desc|text|line|path|circle|rect';

describe('a report of hostile text', () => {
  test('is HTML in which nothing of it is markup', async () => {
    await fc.assert(
      fc.asyncProperty(anyReportSource, async (source) => {
        const page = await renderReport.html(buildReport(source), url);
        const tags = tagsOf(page);
        expect(tags).toMatch(new RegExp(`^<!doctype html>(?:</?(?:${allowed})(?: [a-z][\\w-]*="[^"<>]*")*/?>)+$`, 'i'));
        expect(tags.replace(/"[^"]*"/g, '""')).not.toMatch(/ (?:on\w+|style|src)=/i);
        expect(tags).not.toMatch(/ href="(?!https?:\/\/(?:[^&"]|&#39;|&amp;)*"|data:,")/i);
        expect(page).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
      runs(50),
    );
  });

  test('leaves no mark on the page of its deploy', async () => {
    await fc.assert(
      fc.asyncProperty(anyReportSource, async (source) => {
        const checks = source.checks.map((check) => ({ ...check, latest: check.baking }));
        // A page does not look at what the store counts or orders by.
        const story = { ...source, checks } as unknown as DeployDetails;
        const page = String(await deployPage(story, { viewer: { caller: null, theme: null }, now: t0 }));
        const tags = tagsOf(page.replaceAll(/<script src="\/assets\/\w+\.js\?v=[0-9a-f]{10}" defer=""><\/script>/g, ''));
        expect(tags).toMatch(
          new RegExp(
            `^<!doctype html>(?:</?(?:${allowed}|header|nav|footer|button|img|section|code|span|time|small|ol|dl|dt|dd|caption|figcaption|g|tspan)(?: [a-z][\\w-]*="[^"<>]*")*/?>)+$`,
            'i',
          ),
        );
        expect(page).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
      runs(50),
    );
  });

  test('is Markdown in which nothing of it is markup', async () => {
    await fc.assert(
      fc.asyncProperty(anyReportSource, async (source) => {
        const text = await renderReport.md(buildReport(source), url);
        const prose = withoutBlocks(text);
        expect(prose).not.toMatch(/[<>]|(?<!\\)`|!\[|(?<!\\)\]\((?!https?:\/\/)/);
        expect(prose.match(/^#+ .*/gm)?.slice(1)).toEqual(headings(prose));
        // A cell of a table ends where we end it.
        const widths = (prose.match(/^\|.*$/gm) ?? []).map((row) => row.replaceAll(/\\[\\|]/g, '').split('|').length);
        expect(widths.filter((width) => width < 4 || width > 7)).toEqual([]);
        expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
      runs(50),
    );
  });
});

test.for([
  { rolledBack: 'no', says: 'Nothing was rolled back.' },
  { rolledBack: 'yes', says: 'It was rolled back, but no recovery was measured.' },
  { rolledBack: 'unknown', says: 'It is not known whether it was rolled back: look which release runs.' },
])('the page of a failed deploy says what is known of its rollback: $rolledBack', async ({ rolledBack, says }) => {
  const [source] = fc.sample(anyReportSource, { numRuns: 1, seed: 1 });
  const bake = { ...source?.record.bake, state: 'failed', at: t0, rolledBack, reasons: ['bad'] };
  // As above.
  const story = { ...source, record: { ...source?.record, bake }, checks: [] } as unknown as DeployDetails;
  expect(String(await deployPage(story, { viewer: { caller: null, theme: null }, now: t0 }))).toContain(says);
});

/** A page without its texts. */
function tagsOf(page: string): string {
  return page.replace(/<style>[^<]*<\/style>/, '').replace(/>[^<]*/g, '>');
}

/** The headings that every report has, and one a chart. */
function headings(prose: string): readonly string[] {
  const ours = [
    '## What was deployed',
    '## How long it took',
    '## What was measured, compared with what',
    '## What was done, and by whom',
    '## Timeline',
    '## What is not known',
    '## Impact',
    '## What went well',
    '## What went wrong',
    '## Where we got lucky',
    '## Follow-ups',
  ];
  return (prose.match(/^#+ .*/gm) ?? []).slice(1).filter((line) => ours.includes(line) || /^### .*: share of failed requests$/.test(line));
}

/** What is not fenced; fails where a fence is not closed. */
function withoutBlocks(text: string): string {
  const lines: string[] = [];
  let fence: string | null = null;
  for (const line of text.split('\n')) {
    const opened: string | undefined = /^(`{3,})text$/.exec(line)?.[1];
    if (fence === null && opened !== undefined) fence = opened;
    else if (fence !== null && line === fence) fence = null;
    else if (fence === null) lines.push(line);
  }
  expect(fence).toBe(null);
  return lines.join('\n');
}

describe('Markdown', () => {
  test.for([
    ['a|b', 'a\\|b'],
    ['`x` *y* _z_ ~w~', '\\`x\\` \\*y\\* \\_z\\_ \\~w\\~'],
    ['<b>&amp;', '&lt;b&gt;&amp;amp;'],
    ['[a](http://b)', '\\[a\\](http:\\//b)'],
    ['1. one\n- two', '1\\. one - two'],
    ['- one', '\\- one'],
    ['9.1 %', '9.1 %'],
    ['# no heading', '\\# no heading'],
    ['\u202eabc', '\\[U+202E\\]abc'],
  ])('takes %j as it is written', ([text, written]) => {
    expect(plain(text ?? '')).toBe(written);
  });

  test('fences hold whatever is in them', () => {
    expect(block('a\n```\n# b')).toBe('````text\na\n```\n# b\n````');
  });

  test('links go to the web, or nowhere', () => {
    expect(link('a]b', 'https://x.example/(1) 2')).toBe('[a\\]b](https://x.example/%281%29%202)');
    expect(link('a', 'javascript:alert(1)')).toBe('a');
  });
});
