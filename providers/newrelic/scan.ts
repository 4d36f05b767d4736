/** A token of NRQL. `text` is as written; `depth` counts the parentheses around it, without those that it opens or closes itself. */
export type NrqlToken = {
  readonly kind: 'word' | 'number' | 'quoted' | 'name' | 'placeholder' | 'sign';
  readonly text: string;
  readonly at: number;
  readonly depth: number;
};

/** The parsed value, or what is wrong, for the author of the query. */
export type NrqlResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string; readonly hint: string };

/** Splits NRQL into tokens. Comments are refused: one at the end would hide what we add to the query. */
export function scan(text: string): NrqlResult<readonly NrqlToken[]> {
  const tokens: NrqlToken[] = [];
  let depth = 0;
  for (let at = 0; at < text.length; ) {
    const rest = next(text, at);
    if (rest === null) return refuse(`${show(text.slice(at))} is not closed`, 'close the quotes');
    const [kind, piece] = rest;
    if (kind === 'comment') return refuse('a query cannot have comments', 'leave it out, or write a YAML comment: # …');
    if (piece === ')') depth -= 1;
    if (depth < 0) return refuse(`there is one ) too many before ${show(text.slice(at + 1))}`, 'remove it');
    if (kind !== 'blank') tokens.push({ kind, text: piece, at, depth });
    if (piece === '(') depth += 1;
    at += piece.length;
  }
  return depth > 0 ? refuse(`${depth === 1 ? 'a ( is' : `${depth} ( are`} not closed`, 'add )') : { ok: true, value: tokens };
}

/** Creates the result for a problem. */
export function refuse(problem: string, hint: string): { readonly ok: false; readonly problem: string; readonly hint: string } {
  return { ok: false, problem, hint };
}

/** Quotes the beginning of a text. */
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
