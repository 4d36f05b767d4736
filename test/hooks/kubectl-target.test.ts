import { describe, expect, test } from 'vitest';
import { findTarget } from '../../src/hooks/kubectl/target.ts';
import { type PodTemplate, releaseOf } from '../../src/hooks/kubectl/template.ts';
import type { Revision, Subject, Workload } from '../../src/hooks/kubectl/workload.ts';
import type { RollbackOrder } from '../../src/ports/hook.ts';
import { anOrder } from '../contracts/hook.ts';
import { effectErrorOf } from '../support/effect-error.ts';

type Pod = { readonly images: readonly string[]; readonly label?: string; readonly extra?: Readonly<Record<string, unknown>> };

function template({ images, label, extra }: Pod): PodTemplate {
  const labels = { app: 'shop', ...(label !== undefined && { 'app.kubernetes.io/version': label }) };
  return { metadata: { labels }, spec: { containers: images.map((image, index) => ({ name: `c${index}`, image })), ...extra } };
}

/** A history, oldest revision first; the last one runs. */
function workload(...pods: readonly [Pod, ...Pod[]]): Workload {
  const revisions: readonly Revision[] = pods.map((pod, index) => ({ number: index + 1, release: releaseOf(template(pod), undefined) }));
  const current = revisions.at(-1)?.release;
  if (!current) throw new Error('no history');
  return { current, revisions: revisions.toReversed() };
}

const subject: Subject = { kind: 'deployment', name: 'shop', container: undefined };
const find = (world: Workload, order: Partial<RollbackOrder> = {}) => findTarget({ order: anOrder(order), subject }, world).number;
const digest = `sha256:${'a'.repeat(64)}`;

describe('the revision to go back to', () => {
  test.for<{ name: string; pods: readonly [Pod, ...Pod[]]; target?: { version: string; image?: string }; number: number | null }>([
    { name: 'has the version as its tag', pods: [{ images: ['r.example/shop:v1'] }, { images: ['r.example/shop:v2'] }], number: 1 },
    {
      name: 'has the version as its digest',
      pods: [{ images: [`shop@${digest}`] }, { images: ['shop:v2'] }],
      target: { version: digest },
      number: 1,
    },
    {
      name: 'has the image that was registered',
      pods: [{ images: ['shop:2026-11-20'] }, { images: ['shop:2026-11-21'] }],
      target: { version: '3f2a91c', image: 'shop:2026-11-20' },
      number: 1,
    },
    {
      name: 'has the version as a label',
      pods: [
        { images: ['shop:x'], label: 'v1' },
        { images: ['shop:y'], label: 'v2' },
      ],
      number: 1,
    },
    {
      name: 'is the newest of several',
      pods: [{ images: ['shop:v1'] }, { images: ['shop:v1'], extra: { a: 1 } }, { images: ['shop:v2'] }],
      number: 2,
    },
    { name: 'is not needed if the target already runs', pods: [{ images: ['shop:v2'] }, { images: ['shop:v1'] }], number: null },
    {
      name: 'is not the running one, although its sidecar has the same tag',
      pods: [{ images: ['shop:v1', 'mesh:v0'] }, { images: ['shop:v2', 'mesh:v1'] }],
      number: 1,
    },
  ])('$name', ({ pods, target = { version: 'v1' }, number }) => {
    expect(find(workload(...pods), { target: { deployId: 'd', ...target } })).toBe(number);
  });

  test.for(['v', '1', 'xv1', 'shop'])('is never one that only starts or ends like the version %s', (version) => {
    const world = workload({ images: ['shop:xxv1'] }, { images: ['shop:v2'] });
    expect(() => find(world, { target: { deployId: 'd', version } })).toThrow(/gone from the history/);
  });

  test('is found only by its hash if the hash is known', () => {
    const world = workload({ images: ['shop:v1'] }, { images: ['shop:v1'], extra: { a: 1 } }, { images: ['shop:v2'] });
    const fingerprint = world.revisions.at(-1)?.release.fingerprint ?? '';
    expect(find(world, { target: { deployId: 'd', version: 'v1', fingerprint } })).toBe(1);
    const other = fingerprint.replace(/[0-9a-f]{12}/, '0'.repeat(12));
    expect(() => find(world, { target: { deployId: 'd', version: 'v1', fingerprint: other } })).toThrow(`${other} is gone`);
  });

  test.for<{ name: string; pods: readonly [Pod, ...Pod[]]; isGone: boolean }>([
    { name: 'the version of the bad release is there', pods: [{ images: ['shop:v0'] }, { images: ['shop:v2'] }], isGone: true },
    { name: 'no version is there', pods: [{ images: ['shop:latest'] }, { images: ['shop:latest'], extra: { a: 1 } }], isGone: false },
    { name: 'versions have other names', pods: [{ images: ['shop:71'] }, { images: ['shop:72'] }], isGone: false },
  ])('is gone only if templates show versions: $name', async ({ pods, isGone }) => {
    const error = await effectErrorOf(Promise.resolve().then(() => find(workload(...pods))));
    expect(error).toMatchObject({ kind: 'refused', targetGone: isGone });
    expect(error.message).toMatch(isGone ? /^v1 is gone from/ : /^v1 cannot be identified in .*roll back by hand/);
  });

  test('the error lists only a part of a long history', () => {
    const pods = Array.from({ length: 14 }, (_, index): Pod => ({ images: [`shop:b${index}`] }));
    expect(() => find(workload({ images: ['shop:v2'] }, ...pods))).toThrow(
      /15: shop:b13 .*6: shop:b4 \(template \w+\) and 5 more; deploy v1 again/,
    );
  });
});

describe('a fingerprint', () => {
  const of = (pod: Pod, container?: string) => releaseOf(template(pod), container).fingerprint;

  test('shows the short names of the images', () => {
    expect(of({ images: [`r.example:5000/team/shop@${digest}`, 'mesh:1', 'logs:2', 'x:3'] })).toMatch(
      /^shop@sha256:a{12}, mesh:1 and 2 more \(template [0-9a-f]{12}\)$/,
    );
    expect(of({ images: ['shop:v1', 'mesh:1'] }, 'c1')).toMatch(/^mesh:1 \(template/);
  });

  test('depends on everything that defines the pods, in any order, and on nothing else', () => {
    const plain = template({ images: ['shop:v1'] });
    const { hash } = releaseOf(plain, undefined);
    const noisy = {
      spec: { ...plain.spec, volumes: [], nodeName: null, securityContext: {} },
      metadata: {
        creationTimestamp: null,
        annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-11-21T10:00:00Z' },
        labels: { 'pod-template-hash': '77c49db445', app: 'shop' },
      },
    };
    expect(releaseOf(noisy, undefined).hash).toBe(hash);
    expect(releaseOf(template({ images: ['shop:v1'], extra: { hostNetwork: true } }), undefined).hash).not.toBe(hash);
    expect(releaseOf(template({ images: ['shop:v1'], extra: { hostNetwork: false } }), undefined).hash).not.toBe(hash);
  });
});
