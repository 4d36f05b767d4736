import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { releasedChangelog, withVersion } from './release-texts.ts';

/** Sets the version of the next release: `node script/set-version.ts 0.2.0`. Changes nothing where it is set already. */
const root = join(import.meta.dirname, '..');
const version = process.argv[2] ?? '';
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const { version: before }: { readonly version: string } = JSON.parse(read('package.json'));

const change = (path: string, text: string) => writeFileSync(join(root, path), text);
change('CHANGELOG.md', releasedChangelog(read('CHANGELOG.md'), version, new Date().toISOString().slice(0, 10)));
for (const path of ['package.json', 'package-lock.json']) change(path, withVersion(read(path), { before, version }));
for (const path of ['docs/how-to/install.md', 'docs/tutorial/first-bake.md']) change(path, read(path).replaceAll(before, version));
