import { createHash } from 'node:crypto';
import { z } from 'zod';

/** A pod template as the API answers it; what we do not know is kept, because it is part of the release. */
export const PodTemplate = z.looseObject({
  metadata: z.looseObject({ labels: z.record(z.string(), z.string()).nullish() }).nullish(),
  spec: z.looseObject({ containers: z.array(z.looseObject({ name: z.string(), image: z.string() })).min(1) }),
});
export type PodTemplate = z.output<typeof PodTemplate>;

/** What a pod template is to us: a release, told apart by the hash of all that makes its pods. */
export type PodRelease = {
  /** For people and for comparing: `shop:v1 (template 3f2a91c04b77)`, or `(pods 5f7cd8b9)` where a controller has a hash of its own. */
  readonly fingerprint: string;
  readonly hash: string;
  readonly images: readonly string[];
  /** The label `app.kubernetes.io/version`, where the template has one. */
  readonly version: string | undefined;
};

/** Reads a template; `container` names the one whose image tells the release, and `podHash` is what its controller calls it. */
export function releaseOf(template: PodTemplate, container: string | undefined, podHash?: string): PodRelease {
  const { containers } = template.spec;
  const named = containers.filter(({ name }) => container === undefined || name === container);
  const images = (named.length > 0 ? named : containers).map(({ image }) => image);
  const own = () =>
    createHash('sha256')
      .update(JSON.stringify(withoutNoise(template)))
      .digest('hex')
      .slice(0, 12);
  const hash = podHash ?? own();
  const version = template.metadata?.labels?.['app.kubernetes.io/version'];
  return { fingerprint: `${shown(images)} (${podHash === undefined ? 'template' : 'pods'} ${hash})`, hash, images, version };
}

/** The hash in a fingerprint that this hook made, or `null` where it was made by something else. */
export function hashIn(fingerprint: string | undefined): string | null {
  return /\((?:template|pods) ([0-9a-z]+)\)$/.exec(fingerprint ?? '')?.[1] ?? null;
}

/** Whether an image is the given one, or carries the given version as its tag or digest. */
export function isImageOf(image: string, { image: wanted, version }: { readonly image?: string | undefined; readonly version: string }) {
  return image === wanted || image.endsWith(`:${version}`) || image.endsWith(`@${version}`);
}

function shown(images: readonly string[]): string {
  const short = images.map((image) => (image.split('/').at(-1) ?? image).replace(/(@sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1'));
  const [first = '', second, ...more] = short.map((image) => (image.length > 100 ? `${image.slice(0, 100)}…` : image));
  if (second === undefined) return first;
  return more.length === 0 ? `${first}, ${second}` : `${first}, ${second} and ${more.length} more`;
}

/** Set by controllers and by `kubectl rollout restart`: the same release, whatever they say. */
const noise = new Set([
  '$patch',
  'creationTimestamp',
  'pod-template-hash',
  'controller-revision-hash',
  'kubectl.kubernetes.io/restartedAt',
]);

/** The template in one canonical form: keys sorted, and without what is empty, absent or noise. */
function withoutNoise(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => withoutNoise(each) ?? null);
  if (value === null || typeof value !== 'object') return value ?? undefined;
  const kept = Object.entries(value).flatMap(([key, inner]): readonly (readonly [string, unknown])[] => {
    const clean = noise.has(key) ? undefined : withoutNoise(inner);
    return clean === undefined || isEmpty(clean) ? [] : [[key, clean]];
  });
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
