/** An address of the web's own protocols, in the form that browsers give it; `null` where it is none or longer than `limit`. Nothing else may be linked to. */
export function webAddress(text: string | null, limit = Number.POSITIVE_INFINITY): string | null {
  const url = text === null ? null : URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  return url.href.length > limit ? null : url.href;
}
