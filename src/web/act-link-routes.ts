import { createHash } from 'node:crypto';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { AppError } from '../core/base/errors.ts';
import { formatInstant } from '../core/base/format-instant.ts';
import type { ActLink, ActLinkStore } from '../ports/act-link-store.ts';
import { explainDeploy } from '../usecases/explain-deploy.ts';
import { type ActVerb, actVerbs } from '../usecases/perform-act.ts';
import { type ActsPreview, previewActs } from '../usecases/preview-acts.ts';
import { viewDeploy } from '../usecases/view-deploy.ts';
import { actPage } from './decide-page.ts';
import { type DecideDeps, decideOnce, readDecision } from './decide-routes.ts';
import { maxFormBytes, readForm } from './forms.ts';
import { html } from './html.ts';
import { answerRefusals, whoWasFirst } from './refusals.ts';
import { originOf, type PagesEnv } from './viewer.ts';

type LinkDeps = Pick<DecideDeps, 'clock'> & { readonly store: DecideDeps['store'] & ActLinkStore };
/** The holder of a link stays unknown, also to the page. */
const stranger = { caller: null, theme: null } as const;

/**
 * Mounts the pages of the links in notices. A GET shows target and guards, because chats fetch links; the form on it acts, once. The secret in the address is
 * all that it needs: who reads the message may act.
 */
export function mountActLinks(pages: OpenAPIHono<PagesEnv>, deps: LinkDeps): void {
  pages.get('/act/:secret', (c) =>
    answerRefusals(c, null, async () => {
      const link = await openLink(c, deps);
      const verb = verbOf(link);
      const preview = await previewOf(link, deps);
      const explained = explainDeploy(await viewDeploy(deps.store, link.deployId));
      const form = { act: verb, target: preview.acts[verb].target, action: c.req.path, state: preview.acts[verb] };
      const page = actPage({ preview, explained, csrf: html``, viewer: stranger }, form, { canChoose: false });
      return c.html(await page, 200, { 'cache-control': 'no-store' });
    }),
  );
  pages.post('/act/:secret', bodyLimit({ maxSize: maxFormBytes }), (c) =>
    answerRefusals(c, null, async () => {
      const form = await readForm(c);
      const link = await openLink(c, deps);
      const act = verbOf(link);
      const { acts } = await previewOf(link, deps);
      const decision = readDecision(act, { ...form, version: link.version });
      // A link whose act is refused is not used up.
      const { refusal, confirm } = acts[act];
      if (refusal !== null) throw new AppError('conflict', refusal);
      if (confirm !== null && !decision.confirm) throw new AppError('invalid', `${confirm}; say on the page that you do it nevertheless`);
      if (!(await deps.store.useActLink(link.sha256, deps.clock.now()))) throw refused(c, used(null));
      const origin = originOf(c, { kind: 'chat', name: holderOf(link) });
      await decideOnce(deps, { id: link.deployId, act, origin }, decision);
      return c.redirect(`/deploys/${link.deployId}`, 303);
    }),
  );
}

/** What the acts would do now. Throws `AppError('changed')` where the bake has moved since the link was made. */
async function previewOf(link: ActLink, { store, clock }: LinkDeps): Promise<ActsPreview> {
  const preview = await previewActs(store, { id: link.deployId, by: holderOf(link), at: clock.now() });
  if (preview.version !== link.version) throw new AppError('changed', await whoWasFirst(store, link.deployId));
  return preview;
}

/** The name of the holder in the timeline: nobody knows who it is. */
function holderOf({ notifier }: ActLink): string {
  return `somebody with the link sent to ${notifier}`;
}

function verbOf({ verb }: ActLink): ActVerb {
  const known = actVerbs.find((one) => one === verb);
  if (known === undefined) throw new AppError('not_found', 'this server does not know what the link does');
  return known;
}

async function openLink(c: Context<PagesEnv>, { store, clock }: LinkDeps): Promise<ActLink> {
  const secret = c.req.param('secret') ?? '';
  const link = /^[\w-]{43}$/.test(secret) ? await store.findActLink(createHash('sha256').update(secret).digest('hex')) : null;
  if (link === null)
    throw refused(c, new AppError('not_found', 'there is no such link, or it has expired long ago; open the deploy instead'));
  if (link.usedAt !== null) throw refused(c, used(link.usedAt));
  if (link.expiresAt <= clock.now())
    throw refused(c, new AppError('conflict', 'the link has expired: it acts for half an hour; open the deploy instead'));
  return link;
}

/** Marks the refusal for the audit trail. Chats and people open a link again after its use: only a form of it wants to act. */
function refused(c: Context<PagesEnv>, error: AppError): AppError {
  const isGuess = error.code === 'not_found';
  if (isGuess || c.req.method === 'POST') c.set('refusal', { status: isGuess ? 404 : 409, why: error.message });
  return error;
}

function used(at: number | null): AppError {
  return new AppError('conflict', `the link was used already${at === null ? '' : `, at ${formatInstant(at)} UTC`}; it acts once`);
}
