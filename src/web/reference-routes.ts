import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { raw } from './html.ts';
import { ReferenceDocument } from './reference-document.ts';
import { referenceBody, referencePage } from './reference-page.ts';
import { type PagesEnv, viewerOrStranger } from './viewer.ts';

/** The document that `/openapi.json` answers with, as a file of the package. A test compares them. */
const path = join(dirname(findPackageJSON(import.meta.url) ?? '.'), 'docs', 'reference', 'openapi.json');

/** Mounts the reference of the API at `/docs`. Like the OpenAPI document, it is open to everyone. */
export function mountReference(pages: OpenAPIHono<PagesEnv>): void {
  let body: string | null = null;
  pages.get('/docs', async (c) => {
    body ??= String(await referenceBody(ReferenceDocument.parse(JSON.parse(readFileSync(path, 'utf8')))));
    return c.html(await referencePage(await raw(body), viewerOrStranger(c)), 200, { 'cache-control': 'no-store' });
  });
}
