/** An address of the web's own protocols, in the form that browsers give it; `null` where it is none or longer than `limit`. */
export function webAddress(text: string | null, limit: number): string | null {
  const url = text !== null && URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null;
  return url.href.length > limit ? null : url.href;
}
