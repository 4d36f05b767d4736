import { describe, expect, test } from 'vitest';
import { releasedChangelog, withVersion } from '../../script/release-texts.ts';
import { read } from './tree.ts';

describe('the changelog of a release', () => {
  const before = '# Changelog\n\n## Unreleased\n\n- [FEATURE] New.\n\n## 0.1.0\n\nThe first version.\n';
  const after = '# Changelog\n\n## Unreleased\n\n## 0.2.0 (2026-11-29)\n\n- [FEATURE] New.\n\n## 0.1.0\n\nThe first version.\n';

  test('has what was unreleased in a section with its date, and room for what comes next', () => {
    expect(releasedChangelog(before, '0.2.0', '2026-11-29')).toBe(after);
  });

  test('stays as it is where the section is there already', () => {
    expect(releasedChangelog(after, '0.2.0', '2027-01-01')).toBe(after);
  });

  test('is refused where nothing is unreleased', () => {
    expect(() => releasedChangelog(after, '0.3.0', '2026-12-01')).toThrow('nothing below "## Unreleased"');
  });

  test('of this checkout loses no line', () => {
    const text = read('CHANGELOG.md');
    const lines = (of: string) => of.split('\n').filter((line) => line.startsWith('- '));
    const withOne = text.replace('## Unreleased\n', '## Unreleased\n\n- [FEATURE] One more.\n');
    expect(lines(releasedChangelog(withOne, '99.0.0', '2026-11-29'))).toEqual(lines(withOne));
  });
});

test.for(['package.json', 'package-lock.json'])('only our own version changes in %s', (path) => {
  const text = read(path);
  const { version }: { readonly version: string } = JSON.parse(text);
  const next = withVersion(text, { before: version, version: '99.0.0' });
  expect(JSON.parse(next).version).toBe('99.0.0');
  const changed = next.split('\n').filter((line, i) => line !== text.split('\n')[i]);
  expect(changed.map((line) => line.trim())).toEqual(Array.from({ length: path === 'package.json' ? 1 : 2 }, () => '"version": "99.0.0",'));
  const { packages = {} }: { packages?: Readonly<Record<string, { version?: string }>> } = JSON.parse(next);
  expect(packages['']?.version ?? '99.0.0').toBe('99.0.0');
});
