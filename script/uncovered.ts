import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
/** The folders whose code decides: all of it can be tested without a server. */
const folders = ['src/core/', 'src/usecases/', 'analyzers/'];
/** A file is listed below this share of its statements or branches. */
const minimumPercent = 90;

type Share = { readonly pct: number };
type Coverage = { readonly statements: Share; readonly branches: Share };

// The report `json-summary` of coverage has an entry for each file.
const summary = JSON.parse(readFileSync(join(root, 'coverage', 'coverage-summary.json'), 'utf8')) as Readonly<Record<string, Coverage>>;
const files = Object.entries(summary)
  .map(([path, coverage]) => ({ path: relative(root, path), ...coverage }))
  .filter(({ path }) => folders.some((folder) => path.startsWith(folder)));
const uncovered = files
  .filter(({ statements, branches }) => Math.min(statements.pct, branches.pct) < minimumPercent)
  .toSorted((a, b) => a.statements.pct - b.statements.pct || a.branches.pct - b.branches.pct);

console.log(`\n${uncovered.length} of ${files.length} files in ${folders.join(', ')} are covered by less than ${minimumPercent} %:`);
if (uncovered.length > 0) console.log('statements  branches  file');
for (const { path, statements, branches } of uncovered) {
  console.log(`${percent(statements)}  ${percent(branches)}    ${path}`);
}

function percent({ pct }: Share): string {
  return `${pct.toFixed(1).padStart(6)} %`;
}
