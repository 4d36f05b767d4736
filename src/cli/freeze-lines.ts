/** A freeze as the API shows it. A server of an older version sends no `until`. */
export type FreezeItem = {
  readonly service: string | null;
  readonly by: string;
  readonly why: string;
  readonly since: string;
  readonly until?: string | null;
};

/** The answer of `GET /v1/freeze` and `PUT /v1/freeze`. */
export type FreezeItems = { readonly freezes: readonly FreezeItem[] };

/** When a freeze ends by itself, with a comma before it. Empty for one that a person must lift. */
export function freezeEnd(freeze: FreezeItem | undefined): string {
  return freeze?.until == null ? '' : `, until ${freeze.until.slice(0, 16).replace('T', ' ')} UTC`;
}

/** One line for each freeze that concerns the service; without a service, for each. */
export function freezeLines({ freezes }: FreezeItems, service: string | undefined): readonly string[] {
  const concerned = freezes.filter((freeze) => service === undefined || freeze.service === null || freeze.service === service);
  return concerned.map((freeze) => {
    const where = freeze.service ?? 'all services';
    return `no automatic rollbacks for ${where}${freezeEnd(freeze)}: frozen by ${freeze.by} (${freeze.why})`;
  });
}
