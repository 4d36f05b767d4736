import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The licenses of the packages whose files are bundled, which must go with them. Throws where a package has no license text. */
export async function thirdPartyLicenses(root: string, inputs: readonly string[]): Promise<string> {
  const folders = inputs.flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  const texts = [...new Set(folders)].toSorted().map((folder) => licenseOf(join(root, folder)));
  return `The files of this package contain parts of these packages.\n\n${(await Promise.all(texts)).join('\n')}`;
}

async function licenseOf(folder: string): Promise<string> {
  const { name, version, license }: { readonly name: string; readonly version: string; readonly license?: string } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  );
  const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
  const text = file === undefined ? `License: ${license}\n` : await readFile(join(folder, file), 'utf8');
  return `${'-'.repeat(80)}\n${name} ${version}\n\n${text}`;
}
