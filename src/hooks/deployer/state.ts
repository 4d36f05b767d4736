import { z } from 'zod';
import { EffectError } from '../../core/base/errors.ts';

/** A release on the host. */
export type HostRelease = {
  /** The name of its folder. */
  readonly name: string;
  /** Shown to people and compared: `release 3 (v2, 3f2a91c04b77) of 2026-11-20T09:24:03+0000`. */
  readonly fingerprint: string;
  /** The deployed tag or branch, if Deployer recorded it. */
  readonly target: string | undefined;
  /** The deployed commit, if Deployer recorded it. */
  readonly revision: string | undefined;
  /** A rollback has marked it as bad. */
  readonly isBad: boolean;
};

/** What Deployer keeps on a host. `lock`: the user of a running deploy, or of one that ended without removing its lock. */
export type HostState = {
  readonly current: HostRelease;
  /** Newest first. */
  readonly releases: readonly HostRelease[];
  /** The names in the list that Deployer 6 uses, newest first. */
  readonly version6List: readonly string[];
  readonly lock: string | null;
};

type RecordedRelease = { readonly createdAt: string; readonly target?: string | undefined };
const LogLine = z.object({ created_at: z.string(), release_name: z.coerce.string(), target: z.string().nullish() });

/** Parses the output of the script on the host. Throws `EffectError` `unreachable` if `current` is not a link to a release. */
export function parseState(text: string, where: string): HostState {
  const lines = text.split('\n').map((line) => line.split('\t'));
  const of = (word: string) => lines.filter(([first]) => first === word).map(([, ...rest]) => rest);
  const csv = of('releases').flatMap(([line = '']) => csvLine(line));
  const recorded = new Map([...csv, ...of('releases_log').flatMap((parts) => jsonLine(parts.join('\t')))]);
  const newestFirst = [...recorded.keys()].reverse();
  const releases = of('release')
    .map(([name = '', bad = '', revision = '']) => releaseOf(name, { isBad: bad !== '', revision }, recorded.get(name)))
    .sort((a, b) => rank(newestFirst, a.name) - rank(newestFirst, b.name));
  const name = (of('current')[0]?.[0] ?? '').replace(/\/+$/, '').split('/').at(-1);
  const current = releases.find((release) => release.name === name);
  if (!current) throw new EffectError('unreachable', `${where}/current is not a link to a release; correct \`deploy_path\``);
  const csvNames = new Set(csv.map(([each]) => each).reverse());
  const version6List = [...csvNames].filter((each) => releases.some((release) => release.name === each));
  return { current, releases, version6List, lock: of('lock')[0]?.[0] ?? null };
}

/** Deployer 6 uses a name again after a rollback: the last line of a name is the one that counts. */
function csvLine(line: string): readonly (readonly [string, RecordedRelease])[] {
  const [createdAt = '', name = ''] = line.split(',');
  return name === '' ? [] : [[name, { createdAt }]];
}

function jsonLine(line: string): readonly (readonly [string, RecordedRelease])[] {
  try {
    const { release_name, created_at, target } = LogLine.parse(JSON.parse(line));
    return [[release_name, { createdAt: created_at, target: target ?? undefined }]];
  } catch {
    // Deployer itself ignores lines that it cannot parse.
    return [];
  }
}

function releaseOf(
  name: string,
  { isBad, revision }: { readonly isBad: boolean; readonly revision: string },
  recorded?: RecordedRelease,
): HostRelease {
  const target = recorded?.target === 'HEAD' ? undefined : recorded?.target;
  const labels = [target?.slice(0, 100), revision.slice(0, 12)].filter((label) => label !== undefined && label !== '');
  const what = labels.length === 0 ? '' : ` (${labels.join(', ')})`;
  const when = recorded === undefined ? '' : ` of ${recorded.createdAt}`;
  return { name, fingerprint: `release ${name}${what}${when}`, target, revision: revision || undefined, isBad };
}

function rank(newestFirst: readonly string[], name: string): number {
  const index = newestFirst.indexOf(name);
  return index < 0 ? newestFirst.length : index;
}
