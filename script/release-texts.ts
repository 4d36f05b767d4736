/** The changelog with what was unreleased as the section of a version. `date`: YYYY-MM-DD. Throws where nothing is unreleased. */
export function releasedChangelog(text: string, version: string, date: string): string {
  if (text.includes(`\n## ${version} (`)) return text;
  const [, head = '', body = ''] = /^([\s\S]*?\n## Unreleased\n)([\s\S]*?)(?=\n## |$(?![\s\S]))/.exec(text) ?? [];
  if (body.trim() === '') throw new Error('CHANGELOG.md has nothing below "## Unreleased"');
  return `${head}\n## ${version} (${date})\n${body}${text.slice(head.length + body.length)}`;
}

/** A manifest or a lock file with another version of our own package, which is named first. */
export function withVersion(text: string, { before, version }: { readonly before: string; readonly version: string }): string {
  const own = /^ {2}"version": "[^"]*"|(?<="": \{\n {6}"name": "bakewatch",\n {6})"version": "[^"]*"/gm;
  return text.replaceAll(own, (found) => found.replace(`"${before}"`, `"${version}"`));
}
