import type { CheckView } from '../usecases/view-deploy.ts';
import { type Html, html } from './html.ts';

/** A query, and when it was asked about. */
export type LinkedQuery = { readonly provider: string; readonly query: string; readonly from: number; readonly to: number };

/** Where people can open a query themselves; `null`: that is not known. */
export type QueryAddress = (query: LinkedQuery) => { readonly name: string; readonly url: string } | null;

/** The link of a check's query. */
export type QueryLinks = (check: CheckView) => Html | string;

/** Links to the newest query of a check, with the half hour before it. */
export function queryLinks(addressOf: QueryAddress | undefined, from: number): QueryLinks {
  return ({ latest, provider }) => {
    const address = latest === null ? null : (addressOf?.({ provider, query: latest.query, from, to: latest.window.to }) ?? null);
    return address === null ? '' : html` <a class="open-query" href="${address.url}" rel="noreferrer">Open in ${address.name}</a>`;
  };
}
