import type { Deploy, Target } from './deploy.ts';

/** Whether a platform's answer to "what runs?" is a release: `unknown` where the answer shows no version. */
export type RunningVerdict = 'this' | 'another' | 'unknown';

type NamedRelease = Pick<Deploy['release'], 'version' | 'commit' | 'image'>;
/** The releases that a place had: known-good ones with the answer of the platform while they ran, and the versions of others. */
export type ReleasePast = { readonly knownGood: readonly Target[]; readonly versions: readonly string[] };

/**
 * Compares the platform's answer with a release. It is `another` only where that is known: the answer names another release of the place, or shows the tag
 * of an image that is not this version.
 */
export function compareRunning(running: string, release: NamedRelease, { knownGood, versions }: ReleasePast): RunningVerdict {
  const same = knownGood.filter(({ fingerprint }) => fingerprint === running);
  if (names(running, release) || same.some(({ version }) => version === release.version)) return 'this';
  if (same.length > 0 || versions.some((version) => version !== release.version && names(running, { version }))) return 'another';
  return showsTag(running) ? 'another' : 'unknown';
}

function names(running: string, { version, commit, image }: NamedRelease): boolean {
  return wordsOf(running).some(
    (word) =>
      [version, commit, image?.split('/').at(-1)].includes(word) ||
      [':', '@', '/', '-'].some((mark) => word.endsWith(`${mark}${version}`)) ||
      // A digest is shortened.
      (/@sha256:[0-9a-f]{12}$/.test(word) && [version, image ?? ''].some((name) => name.includes(word.slice(word.indexOf('@') + 1)))),
  );
}

/** Pod templates show images. A digest, `latest` or no tag says nothing about a version. */
function showsTag(running: string): boolean {
  if (!/ \((template|pods) [0-9a-z]+\)$/.test(running)) return false;
  return wordsOf(running).some((word) => /:(?!latest$)[^:@/]+$/.test(word) && !word.includes('@'));
}

function wordsOf(running: string): readonly string[] {
  return running.split(/[\s(),;]+/).filter((word) => word !== '');
}
