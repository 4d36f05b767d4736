import type { AppErrorCode } from '../core/base/errors.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { layout } from './layout.ts';
import { sentence } from './sentence.ts';
import type { Viewer } from './viewer.ts';

const titles: Readonly<Record<AppErrorCode, string>> = {
  invalid: 'The form cannot be used',
  unauthorized: 'Sign in to decide',
  forbidden: 'You may not do this',
  not_found: 'Not found',
  conflict: 'This cannot be done now',
  changed: 'Somebody else was first',
  unavailable: 'Not available now',
  internal: 'Something went wrong',
};

/** Where a person goes from a refusal: an address of this server. */
export type BackLink = { readonly path: string; readonly title: string };

/** What was refused on a page, and where to go from here. */
type PageRefusal = { readonly code: AppErrorCode; readonly why: string; readonly back: BackLink | null };

export function refusalPage({ code, why, back }: PageRefusal, viewer: Viewer): Html {
  return layout(
    { title: titles[code], viewer },
    html`<section class="decide"><h1>${titles[code]}</h1>
<div class="panel ${code === 'changed' ? 'warn' : 'bad'} decide-headline">${icon(code === 'changed' ? 'triangle' : 'cross')}<p>${sentence(why)}</p></div>
${back === null ? '' : html`<p class="choices"><a class="button" href="${back.path}">${back.title}</a></p>`}</section>`,
  );
}
