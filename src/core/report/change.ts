import type { Deploy } from '../bake/deploy.ts';

/** What changed in a release: the two versions, and a link to the difference. */
export type Change = {
  readonly from: { readonly version: string; readonly commit: string | null } | null;
  readonly to: { readonly version: string; readonly commit: string | null };
  readonly compareUrl: string | null;
};

type ReleaseSource = { readonly version: string; readonly commit?: string | undefined };

/** Compares a release with the known-good one before it. The link needs both commits and the address of the repository. */
export function changeOf({ release, links }: Deploy, previous: ReleaseSource | null): Change {
  const from = previous && { version: previous.version, commit: previous.commit ?? null };
  const to = { version: release.version, commit: release.commit ?? null };
  const repository = repositoryOf([release.metadata.repository, ...links.map(({ url }) => url)]);
  const hasBoth = from?.commit != null && to.commit !== null && from.commit !== to.commit;
  return { from, to, compareUrl: repository !== null && hasBoth ? compareUrl(repository, from.commit ?? '', to.commit ?? '') : null };
}

/** On these hosts the address of a build or a change begins with the address of the repository. */
const forges: readonly string[] = ['github.com', 'gitlab.com', 'bitbucket.org', 'codeberg.org'];

/** `metadata.repository` on any host, or else the first link to a known host. Drops every part of the address that may hold a secret. */
function repositoryOf([named, ...links]: readonly (string | undefined)[]): URL | null {
  const own = named === undefined ? null : URL.parse(named);
  if (own !== null && /^https?:$/.test(own.protocol)) return withoutSecrets(own, own.pathname);
  for (const link of links) {
    const url = link === undefined ? null : URL.parse(link);
    const [, owner, name] = url?.pathname.split('/') ?? [];
    if (url !== null && forges.includes(url.hostname) && owner && name) return withoutSecrets(url, `/${owner}/${name}`);
  }
  return null;
}

function withoutSecrets({ protocol, host }: URL, path: string): URL {
  return new URL(`${protocol}//${host}${path.replace(/\/+$/, '').replace(/\.git$/, '')}`);
}

function compareUrl(repository: URL, from: string, to: string): string {
  const [a, b] = [from, to].map((commit) => encodeURIComponent(commit.toWellFormed()));
  if (repository.hostname === 'bitbucket.org') return `${repository.href}/branches/compare/${b}..${a}`;
  return `${repository.href}${repository.hostname.includes('gitlab') ? '/-' : ''}/compare/${a}...${b}`;
}
