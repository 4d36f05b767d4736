/** What a request says of the page that sent it. */
export type OriginHeaders = {
  readonly secFetchSite: string | undefined;
  readonly origin: string | undefined;
  readonly host: string | undefined;
};

/**
 * Whether a page of this server, and no other site, made the browser send the request. Browsers do not let a page choose these headers. They send
 * `Sec-Fetch-Site` over https and to this machine, and `Origin` with everything that is not a GET. `baseUrl`: a proxy may have changed the host.
 */
export function isSameOrigin({ secFetchSite, origin, host }: OriginHeaders, baseUrl: string | null): boolean {
  if (secFetchSite !== undefined) return secFetchSite === 'same-origin';
  const sender = origin === undefined ? null : URL.parse(origin);
  if (sender === null) return false;
  return sender.host === host || (baseUrl !== null && sender.origin === URL.parse(baseUrl)?.origin);
}
