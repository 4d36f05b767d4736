import { describe, expect, test } from 'vitest';
import { compareRunning, type RunningVerdict } from '../../../src/core/bake/running-release.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const past = {
  knownGood: [
    { deployId: 'd', version: 'v31', fingerprint: 'mark-31' },
    { deployId: 'e', version: 'v30' },
  ],
  versions: ['v31', 'v30'],
};

describe('what the platform says of a release to adopt', () => {
  test.for<{ name: string; running: string; release?: { version: string; image?: string; commit?: string }; verdict: RunningVerdict }>([
    { name: 'its version', running: 'v41', verdict: 'this' },
    { name: 'the tag of its image', running: 'shop:v41 (template 3f2a91c04b77)', verdict: 'this' },
    { name: 'one of several images', running: 'mesh:1, shop:v41 (pods 5f7cd8b9)', verdict: 'this' },
    {
      name: 'its digest, shortened',
      running: `shop@sha256:${'a'.repeat(12)} (template 3f)`,
      release: { version: digest },
      verdict: 'this',
    },
    {
      name: 'the image that is given with it',
      running: 'shop:2026-11 (template 3f)',
      release: { version: 'v41', image: 'r.example/shop:2026-11' },
      verdict: 'this',
    },
    { name: 'the version of its chart', running: 'revision 2 (shop-v41, x)', verdict: 'this' },
    { name: 'its commit', running: '4f2c1d9', release: { version: 'v41', commit: '4f2c1d9' }, verdict: 'this' },
    { name: 'a mark that was seen while it ran', running: 'mark-31', release: { version: 'v31' }, verdict: 'this' },
    { name: 'a mark that was seen while another ran', running: 'mark-31', verdict: 'another' },
    { name: 'the version of another deploy', running: 'release 4 (v30, 2026-11-21)', verdict: 'another' },
    { name: 'the tag of another image', running: 'shop:v99 (template 3f2a91c04b77)', verdict: 'another' },
    { name: 'a version that only begins like it', running: 'shop:v411 (template 3f2a91c04b77)', verdict: 'another' },
    { name: 'a mark that nobody knows', running: '/srv/shop/20261121', verdict: 'unknown' },
    { name: 'a tag that shows no version', running: 'shop:latest (template 3f2a91c04b77)', verdict: 'unknown' },
    { name: 'a digest, and the version is a tag', running: `shop@sha256:${'b'.repeat(12)} (template 3f)`, verdict: 'unknown' },
    { name: 'a chart that never changes', running: 'revision 2 (shop-1.4.0, 1.16.0)', verdict: 'unknown' },
    { name: 'a release without a name', running: 'release 4', verdict: 'unknown' },
  ])('$name: $verdict', ({ running, release = { version: 'v41' }, verdict }) => {
    expect(compareRunning(running, release, past)).toBe(verdict);
  });
});
