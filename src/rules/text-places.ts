const escapes: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/**
 * Finds where the characters of a YAML text are written: the position in `source` of each character of `value`. `source` is the text with its quotes, or
 * with the first line of a block. White space is folded by YAML, so only the other characters are matched; each is written once, or as an escape.
 */
export function textPlaces(source: string, value: string): readonly number[] {
  const written = createReader(source);
  const places: number[] = [];
  for (const sign of value) {
    if (!/\s/.test(sign)) written.skipSpace();
    // The end of a source that does not match: everything left is there.
    const at = Math.min(written.at(), source.length);
    for (let i = 0; i < sign.length; i++) places.push(Math.min(at + i, source.length));
    if (!/\s/.test(sign)) written.skipOne(sign);
  }
  written.skipSpace();
  return places;
}

function createReader(source: string) {
  const quote = /^["']/.exec(source)?.[0] ?? '';
  let at = quote === '' ? blockStart(source) : 1;
  /** The length of an escape of white space, or of a line that goes on. */
  const spaceEscape = (): number =>
    quote === '"' ? (/^\\(?:[nrtvfabe0 \t_NLP]|\r?\n)/.exec(source.slice(at, at + 3))?.[0].length ?? 0) : 0;
  return {
    at: () => at,
    skipSpace: () => {
      while (at < source.length) {
        if (/\s/.test(source.charAt(at))) at++;
        else if (spaceEscape() > 0) at += spaceEscape();
        else return;
      }
    },
    skipOne: (sign: string) => {
      if (quote === '"' && source.charAt(at) === '\\') at += 2 + (escapes[source.charAt(at + 1)] ?? 0);
      else if (quote === "'" && sign === "'") at += 2;
      else at += sign.length;
    },
  };
}

/** Where the text of a block (`|`, `>`) begins. */
function blockStart(source: string): number {
  const header = /^[|>][-+0-9]*[ \t]*(?:#[^\n]*)?\r?\n/.exec(source)?.[0];
  return header?.length ?? 0;
}
