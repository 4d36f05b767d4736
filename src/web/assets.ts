import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire, findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { PagesEnv } from './viewer.ts';

const { resolve } = createRequire(import.meta.url);
/** The folder of our own files, in the package: its code may be bundled into other files. */
const folder = join(dirname(findPackageJSON(import.meta.url) ?? '.'), 'src', 'web', 'assets');
const own = (name: string) => readFileSync(join(folder, name), 'utf8');
const fromPackage = (path: string) => readFileSync(resolve(path), 'utf8').replaceAll('\t', '  ');

/** The style sheet of all pages: a normalized base, the tokens, the frame, and the parts. */
export const styleSheet = [
  fromPackage('modern-normalize/modern-normalize.css'),
  ...[
    'tokens.css',
    'page.css',
    'report.css',
    'components.css',
    'decide.css',
    'sign-in.css',
    'overview.css',
    'deploy.css',
    'reference.css',
  ].map(own),
].join('\n');

type Asset = { readonly type: string; readonly text: string };

const assets: Readonly<Record<string, Asset>> = {
  'style.css': { type: 'text/css', text: styleSheet },
  'app.js': { type: 'text/javascript', text: own('app.js') },
  'htmx.js': { type: 'text/javascript', text: fromPackage('htmx.org/dist/htmx.min.js') },
  'sse.js': { type: 'text/javascript', text: fromPackage('htmx-ext-sse/dist/sse.min.js') },
  'favicon.svg': { type: 'image/svg+xml', text: own('favicon.svg') },
};

const versions = new Map(
  Object.entries(assets).map(([name, { text }]) => [name, createHash('sha256').update(text).digest('hex').slice(0, 10)]),
);

/** The address of an asset, with its version: browsers may keep it for a year. */
export function assetPath(name: string): string {
  return `/assets/${name}?v=${versions.get(name) ?? ''}`;
}

/** The source expression with which a content security policy allows the style sheet inside a page that is one file. */
export const styleSource = `'sha256-${createHash('sha256').update(styleSheet).digest('base64')}'`;

export function mountAssets(pages: OpenAPIHono<PagesEnv>): void {
  for (const [name, { type, text }] of Object.entries(assets)) {
    pages.get(`/assets/${name}`, (c) => {
      const isVersioned = c.req.query('v') === versions.get(name);
      const cache = isVersioned ? 'public, max-age=31536000, immutable' : 'public, max-age=3600';
      return c.body(text, 200, { 'content-type': `${type}; charset=utf-8`, 'cache-control': cache });
    });
  }
}
