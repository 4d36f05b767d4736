import { createHash } from 'node:crypto';
import { z } from 'zod';

/** A pod template as the API returns it. Unknown fields are kept, because they are part of the release. */
export const PodTemplate = z.looseObject({
  metadata: z.looseObject({ labels: z.record(z.string(), z.string()).nullish() }).nullish(),
  spec: z.looseObject({ containers: z.array(z.looseObject({ name: z.string(), image: z.string() })).min(1) }),
});
export type PodTemplate = z.output<typeof PodTemplate>;

/** A release as a pod template defines it, identified by the hash of the template. */
export type PodRelease = {
  /** Shown to people and compared: `shop:v1 (template 3f2a91c04b77)`, or `(pods 5f7cd8b9)` if the controller has its own hash. */
  readonly fingerprint: string;
  readonly hash: string;
  readonly images: readonly string[];
  /** The label `app.kubernetes.io/version`, if the template has one. */
  readonly version: string | undefined;
};

/** Reads a template. The image of `container` identifies the release; `podHash` is the hash that the controller gave the template. */
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
  return { fingerprint: `${imageNames(images)} (${podHash === undefined ? 'template' : 'pods'} ${hash})`, hash, images, version };
}

/** The hash in a fingerprint of this hook, or `null` if the fingerprint has another form. */
export function hashIn(fingerprint: string | undefined): string | null {
  return /\((?:template|pods) ([0-9a-z]+)\)$/.exec(fingerprint ?? '')?.[1] ?? null;
}

/** Whether an image is the given one, or has the given version as its tag or digest. */
export function isImageOf(image: string, release: { readonly image?: string | undefined; readonly version: string }) {
  const { version } = release;
  return image === release.image || image.endsWith(`:${version}`) || image.endsWith(`@${version}`);
}

function imageNames(images: readonly string[]): string {
  const short = images.map((image) => (image.split('/').at(-1) ?? image).replace(/(@sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1'));
  const [first = '', second, ...more] = short.map((image) => (image.length > 100 ? `${image.slice(0, 100)}…` : image));
  if (second === undefined) return first;
  return more.length === 0 ? `${first}, ${second}` : `${first}, ${second} and ${more.length} more`;
}

/** Fields that controllers and `kubectl rollout restart` set. They do not change the release. */
const noise = new Set([
  '$patch',
  'creationTimestamp',
  'pod-template-hash',
  'controller-revision-hash',
  'kubectl.kubernetes.io/restartedAt',
]);

/** The canonical form of a template: sorted keys, without noise and without empty or absent values. */
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
