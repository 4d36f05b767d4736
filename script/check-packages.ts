import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

/** The packages are ES modules. The other two ways are for `require` and for TypeScript's old resolution. */
const esmOnly = new Set(['node16-esm', 'bundler']);

/** What publint and arethetypeswrong find in tarballs, a line for each problem. */
export async function checkPackages(tarballs: readonly Uint8Array[]): Promise<readonly string[]> {
  return (await Promise.all(tarballs.map(checkTarball))).flat();
}

async function checkTarball(tarball: Uint8Array): Promise<readonly string[]> {
  const buffer = new Uint8Array(tarball).buffer;
  const { messages, pkg } = await publint({ pack: { tarball: buffer }, level: 'suggestion', strict: true });
  const types = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)));
  const wrong = types.types === false ? ['it has no types'] : types.problems.filter(isOurs).map((problem) => JSON.stringify(problem));
  return [
    ...messages.map((message) => `${pkg.name}: publint: ${formatMessage(message, pkg, { color: false }) ?? message.code}`),
    ...wrong.map((problem) => `${types.packageName}: arethetypeswrong: ${problem}`),
  ];
}

function isOurs(problem: object): boolean {
  return !('resolutionKind' in problem) || esmOnly.has(String(problem.resolutionKind));
}
