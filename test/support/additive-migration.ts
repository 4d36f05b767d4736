/** A comment that allows one statement: the oldest version that works with it, and why. */
const allowance = /^-- safe for replicas from \d+\.\d+\.\d+: \S/m;

/**
 * Returns the statements of a migration that replicas of the version before it may not survive. Additive statements are harmless: a new table, an index
 * that is not unique, a new column that may be null or has a default, and everything about a table that the same migration creates.
 */
export function harmfulStatements(migration: string): readonly string[] {
  const statements = migration
    .split('--> statement-breakpoint')
    .flatMap(splitStatements)
    .filter((text) => withoutComments(text) !== '');
  const created = new Set(statements.flatMap((text) => /^create table (?:if not exists )?(\S+)/i.exec(withoutComments(text))?.[1] ?? []));
  return statements.filter((text) => !allowance.test(text) && !isAdditive(withoutComments(text), created)).map(withoutComments);
}

// A semicolon inside quotes ends nothing.
function splitStatements(chunk: string): readonly string[] {
  return chunk.match(/(?:--[^\n]*|'(?:[^']|'')*'|"[^"]*"|[^;])+/g) ?? [];
}

function withoutComments(text: string): string {
  return text
    .replaceAll(/^\s*--.*$/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function isAdditive(statement: string, created: ReadonlySet<string>): boolean {
  if (/^create (table|schema|sequence) /i.test(statement)) return true;
  if (/^create index /i.test(statement)) return true;
  const unique = /^create unique index \S+ on (\S+)/i.exec(statement);
  if (unique !== null) return created.has(unique[1] ?? '');
  const altered = /^alter table (?:only )?(\S+) (.*)$/i.exec(statement);
  if (altered === null) return false;
  const [, table = '', action = ''] = altered;
  if (created.has(table)) return true;
  if (!/^add column /i.test(action) || /, (add|alter|drop|rename) /i.test(action)) return false;
  if (/ (unique|primary key|references|check|generated) ?/i.test(action)) return false;
  return !/ not null/i.test(action) || / default /i.test(action);
}
