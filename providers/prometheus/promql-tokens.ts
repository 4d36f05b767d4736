/**
 * A word, a number or duration, a text in quotes, or a sign such as `(` or `=~`. `at` counts characters from 0. `written`: the text as its author wrote it,
 * with placeholders.
 */
export type PromqlToken = {
  readonly kind: 'word' | 'number' | 'text' | 'sign' | 'end';
  readonly text: string;
  readonly written: string;
  readonly at: number;
};

const patterns = [
  ['text', /"(?:[^"\\\n]|\\[^\n])*"?|'(?:[^'\\\n]|\\[^\n])*'?|`[^`]*`?/y],
  ['number', /\d[\w.]*(?:(?<=[eE])[+-]\d+)?|\.\d\w*/y],
  ['word', /[A-Za-z_:][\w:]*/y],
  ['sign', /==|=~|!=|!~|<=|>=|[\s\S]/y],
] as const;
const space = /(?:\s+|#[^\n]*)+/y;

/** Splits PromQL into tokens, whether or not it is correct. The last one is the end. `written`: the same with placeholders, position by position. */
export function promqlTokens(query: string, written: string = query): readonly PromqlToken[] {
  const tokens: PromqlToken[] = [];
  let at = 0;
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    return pattern.exec(query)?.[0] ?? '';
  };
  while (true) {
    at += take(space).length;
    if (at >= query.length) return [...tokens, { kind: 'end', text: '', written: '', at: query.length }];
    for (const [kind, pattern] of patterns) {
      const text = take(pattern);
      if (text === '') continue;
      tokens.push({ kind, text, written: written.slice(at, at + text.length), at });
      at += text.length;
      break;
    }
  }
}

/** Whether a text in quotes ends with its quote. */
export function isClosed({ text }: PromqlToken): boolean {
  const quote = text.charAt(0);
  if (text.length < 2 || !text.endsWith(quote)) return false;
  if (quote === '`') return true;
  let slashes = 0;
  while (text.charAt(text.length - 2 - slashes) === '\\') slashes++;
  return slashes % 2 === 0;
}
