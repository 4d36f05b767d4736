const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Escapes untrusted text so that HTML, XML, Markdown and Slack find no tag or entity in it. Does not escape quotes: attributes need more. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>]/g, (sign) => entities[sign] ?? sign);
}
