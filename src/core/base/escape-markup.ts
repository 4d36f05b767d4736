const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Text from outside in which no reader of HTML, XML, Markdown or Slack's mark-up finds a tag or an entity. In an attribute, quotes are still to be escaped. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>]/g, (sign) => entities[sign] ?? sign);
}
