/** An address of the web in its canonical form, or `null`: nothing else may be linked to. */
export function webAddress(text: string): string | null {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : null;
}
