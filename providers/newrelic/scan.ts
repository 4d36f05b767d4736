/** A piece of NRQL. `text` is as written; `depth` counts the parentheses around it, those that it opens or closes itself not included. */
export type NrqlToken = {
  readonly kind: 'word' | 'number' | 'quoted' | 'name' | 'placeholder' | 'sign';
  readonly text: string;
  readonly at: number;
  readonly depth: number;
};

/** What was understood, or what is wrong in words for the person who wrote it. */
export type NrqlResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string; readonly hint: string };

/** Cuts NRQL into tokens. Comments are refused: one at the end would swallow what is added to the query. */
export function scan(text: string): NrqlResult<readonly NrqlToken[]> {
  const tokens: NrqlToken[] = [];
  let depth = 0;
  for (let at = 0; at < text.length; ) {
    const rest = next(text, at);
    if (rest === null) return wrong(`${show(text.slice(at))} has no end`, 'close the quotes');
    const [kind, piece] = rest;
    if (kind === 'comment') return wrong('a query holds no comments', 'leave it out, or make it a comment of YAML: # …');
    if (piece === ')') depth -= 1;
    if (depth < 0) return wrong(`there is a ) too many before ${show(text.slice(at + 1))}`, 'remove it');
    if (kind !== 'blank') tokens.push({ kind, text: piece, at, depth });
    if (piece === '(') depth += 1;
    at += piece.length;
  }
  return depth > 0 ? wrong(`${depth === 1 ? 'a ( is' : `${depth} ( are`} never closed`, 'add )') : { ok: true, value: tokens };
}

/** The same problem or success, with other words around it. */
export function wrong(problem: string, hint: string): { readonly ok: false; readonly problem: string; readonly hint: string } {
  return { ok: false, problem, hint };
}

/** The beginning of a text, in quotes. */
export function show(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line === '' ? 'the end' : `"${line.length > 40 ? `${line.slice(0, 40)}…` : line}"`;
}

const patterns = [
  ['blank', /\s+/y],
  ['comment', /--|\/\/|\/\*/y],
  ['quoted', /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/y],
  ['name', /`[^`]*`/y],
  ['placeholder', /\$(?:\{\w+\}|\w+)/y],
  ['word', /[A-Za-z_][\w.]*/y],
  ['number', /\d+(?:\.\d+)?(?:e[+-]?\d+)?/iy],
] as const;

function next(text: string, at: number): readonly [(typeof patterns)[number][0] | 'sign', string] | null {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) return [kind, found];
  }
  const sign = text.charAt(at);
  return sign === "'" || sign === '"' || sign === '`' ? null : ['sign', sign];
}
