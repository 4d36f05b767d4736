/** Normalizes an http or https address as browsers do. Returns `null` for anything else, or if it is longer than `limit`. Only such addresses may be linked. */
export function webAddress(text: string | null, limit = Number.POSITIVE_INFINITY): string | null {
  const url = text === null ? null : URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  return url.href.length > limit ? null : url.href;
}
