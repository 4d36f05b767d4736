import { gzipSync } from 'node:zlib';
import { OpenAPIHono } from '@hono/zod-openapi';
import { expect, test } from 'vitest';
import { mountAssets } from '../../src/web/assets.ts';
import { html } from '../../src/web/html.ts';
import { layout } from '../../src/web/layout.ts';
import type { PagesEnv } from '../../src/web/viewer.ts';

test('the scripts of a page have less than 60 kB, gzipped', async () => {
  const assets = new OpenAPIHono<PagesEnv>();
  mountAssets(assets);
  const page = String(await layout({ title: 'Any', viewer: { caller: null, theme: null }, isLive: true }, html`<p>Any</p>`));
  const paths = [...page.matchAll(/<script src="([^"]+)"/g)].map(([, path = '']) => path);
  expect(paths.length).toBeGreaterThan(2);
  const bodies = await Promise.all(paths.map(async (path) => new Uint8Array(await (await assets.request(path)).arrayBuffer())));
  const sizes = bodies.map((body) => gzipSync(body).length);
  expect(Math.min(...sizes)).toBeGreaterThan(500);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(60_000);
});
