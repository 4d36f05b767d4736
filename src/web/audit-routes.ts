import type { OpenAPIHono } from '@hono/zod-openapi';
import { AppError } from '../core/base/errors.ts';
import type { AuditTrail } from '../ports/audit-trail.ts';
import { type AuditFilters, auditPage } from './audit-page.ts';
import { answerRefusals } from './refusals.ts';
import { type PagesEnv, viewerOf } from './viewer.ts';

const pageSize = 50;

/** Mounts the page of the audit trail. A reader sees the rows of the places that the reader may read, as in `GET /v1/audit`. */
export function mountAuditPage(pages: OpenAPIHono<PagesEnv>, { store }: { readonly store: Pick<AuditTrail, 'auditRows'> }): void {
  pages.get('/audit', (c) =>
    answerRefusals(c, null, async () => {
      const viewer = viewerOf(c);
      const { caller } = viewer;
      if (caller === null) throw new AppError('unauthorized', 'only people who are known to this server read its audit trail');
      const scopes = caller.grants.filter(({ verbs }) => verbs.includes('read'));
      if (scopes.length === 0) throw new AppError('forbidden', `the caller ${caller.name} may not read`);
      const text = (name: string) => (c.req.query(name) ?? '').slice(0, 200);
      const filters: AuditFilters = {
        actor: text('actor'),
        verb: text('verb'),
        service: text('service'),
        environment: text('environment'),
      };
      const wanted = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== ''));
      const found = await store.auditRows({ ...wanted, scopes, order: 'newest', after: cursorOf(text('cursor')), limit: pageSize + 1 });
      const rows = found.slice(0, pageSize);
      const last = found.length > pageSize ? rows.at(-1) : undefined;
      const next = last === undefined ? null : `/audit?${new URLSearchParams({ ...wanted, cursor: String(last.seq) })}`;
      return c.html(await auditPage({ rows, filters, next, viewer }), 200, { 'cache-control': 'no-store' });
    }),
  );
}

function cursorOf(text: string): number | undefined {
  if (text === '') return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new AppError('invalid', 'the cursor in the address is no number');
}
