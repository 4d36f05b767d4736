import type { DeployRecord } from '../ports/bake-store.ts';
import type { CheckView } from '../usecases/view-deploy.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';

/** Where people open the newest queries of a check themselves. */
export type QueryLinks = (record: DeployRecord, check: CheckView) => readonly { readonly name: string; readonly url: string }[];

/** The links of one check, as markup. */
export type CheckLinks = (check: CheckView) => Html | string;

/** Shows the links of a deploy's checks. */
export function checkLinks(linksOf: QueryLinks, record: DeployRecord): CheckLinks {
  return (check) => {
    const links = linksOf(record, check);
    if (links.length === 0) return '';
    return html`<span class="open-query">${links.map(({ name, url }) => html`<a href="${url}" rel="noreferrer" aria-label="Open ${check.name} in ${name}">${icon('out')}Open in ${name}</a>`)}</span>`;
  };
}
