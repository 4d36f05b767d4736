import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { AppError } from '../core/errors.ts';
import type { Store } from '../ports/store.ts';
import { loadStory } from '../usecases/view-deploy.ts';
import { deployPage } from './deploy-page.ts';
import { homePage } from './home-page.ts';
import { styleSheet } from './layout.ts';

export type PagesDeps = { readonly store: Store; readonly needsTokens: boolean };

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The server-rendered pages. A deploy's page is open to whoever has its link: the id cannot be guessed, and the engineer on call must see it at
 * once. The overview, which would list all ids, is shown only where no tokens are asked for.
 */
export function createPages({ store, needsTokens }: PagesDeps): OpenAPIHono {
  const pages = new OpenAPIHono();
  pages.get('/assets/style.css', (c) =>
    c.body(styleSheet, 200, { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'max-age=3600' }),
  );
  pages.get('/deploys/:id', async (c) => {
    const id = c.req.param('id');
    if (!uuid.test(id)) throw new AppError('not_found', 'there is no such deploy');
    return await page(c, deployPage(await loadStory(store, id)));
  });
  pages.get('/', async (c) =>
    needsTokens ? c.text('Bakewatch is running. See /openapi.json for its API.\n') : await page(c, homePage(await store.services())),
  );
  return pages;
}

async function page(c: Context, content: ReturnType<typeof deployPage>): Promise<Response> {
  return c.html(await content, 200, { 'cache-control': 'no-store' });
}
