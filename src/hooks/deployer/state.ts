import { z } from 'zod';
import { EffectError } from '../../core/base/errors.ts';

/** A release on the host. */
export type HostRelease = {
  /** The name of its folder. */
  readonly name: string;
  /** For people and for comparing: `release 3 (v2, 3f2a91c04b77) of 2026-11-20T09:24:03+0000`. */
  readonly fingerprint: string;
  /** The tag or branch that was deployed, and the commit, where Deployer noted them. */
  readonly target: string | undefined;
  readonly revision: string | undefined;
  /** Someone rolled back from it. */
  readonly isBad: boolean;
};

/** What Deployer keeps on a host. `lock`: who is deploying, or did and left it. */
export type HostState = {
  readonly current: HostRelease;
  /** The newest first. */
  readonly releases: readonly HostRelease[];
  /** The names that Deployer 6 goes by, the newest first. */
  readonly oldList: readonly string[];
  readonly lock: string | null;
};

type RecordedRelease = { readonly createdAt: string; readonly target?: string | undefined };
const LogLine = z.object({ created_at: z.string(), release_name: z.coerce.string(), target: z.string().nullish() });

/** Reads what the script on the host printed. Throws `EffectError` `unreachable` where `current` is no link to a release. */
export function parseState(text: string, where: string): HostState {
  const lines = text.split('\n').map((line) => line.split('\t'));
  const of = (word: string) => lines.filter(([first]) => first === word).map(([, ...rest]) => rest);
  const csv = of('releases').flatMap(([line = '']) => csvLine(line));
  const noted = new Map([...csv, ...of('releases_log').flatMap((parts) => jsonLine(parts.join('\t')))]);
  const newestFirst = [...noted.keys()].reverse();
  const releases = of('release')
    .map(([name = '', bad = '', revision = '']) => releaseOf(name, { isBad: bad !== '', revision }, noted.get(name)))
    .sort((a, b) => rank(newestFirst, a.name) - rank(newestFirst, b.name));
  const name = (of('current')[0]?.[0] ?? '').replace(/\/+$/, '').split('/').at(-1);
  const current = releases.find((release) => release.name === name);
  if (!current) throw new EffectError('unreachable', `${where}/current is no link to a release: correct \`deploy_path\``);
  const oldNames = new Set(csv.map(([each]) => each).reverse());
  const oldList = [...oldNames].filter((each) => releases.some((release) => release.name === each));
  return { current, releases, oldList, lock: of('lock')[0]?.[0] ?? null };
}

/** A name that is used again, as Deployer 6 does after a rollback, stands for its newest release. */
function csvLine(line: string): readonly (readonly [string, RecordedRelease])[] {
  const [createdAt = '', name = ''] = line.split(',');
  return name === '' ? [] : [[name, { createdAt }]];
}

function jsonLine(line: string): readonly (readonly [string, RecordedRelease])[] {
  try {
    const { release_name, created_at, target } = LogLine.parse(JSON.parse(line));
    return [[release_name, { createdAt: created_at, target: target ?? undefined }]];
  } catch {
    // Deployer, too, goes on where a line is none of its own.
    return [];
  }
}

function releaseOf(
  name: string,
  { isBad, revision }: { readonly isBad: boolean; readonly revision: string },
  noted?: RecordedRelease,
): HostRelease {
  const target = noted?.target === 'HEAD' ? undefined : noted?.target;
  const labels = [target?.slice(0, 100), revision.slice(0, 12)].filter((label) => label !== undefined && label !== '');
  const what = labels.length === 0 ? '' : ` (${labels.join(', ')})`;
  const when = noted === undefined ? '' : ` of ${noted.createdAt}`;
  return { name, fingerprint: `release ${name}${what}${when}`, target, revision: revision || undefined, isBad };
}

function rank(newestFirst: readonly string[], name: string): number {
  const index = newestFirst.indexOf(name);
  return index < 0 ? newestFirst.length : index;
}
