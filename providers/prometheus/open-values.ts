import { anyValue } from '../../src/core/series/inspection.ts';

const condition = /(=~|!~|!=|=)(\s*)("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)/g;

/** Opens every condition with a value that is not known yet: `version="…"` becomes `version=~".+"`. A condition that excludes the value stays: it excludes nothing. */
export function openValues(text: string): string {
  return text.replace(condition, (all, op: string, space: string, literal: string) => {
    if (!literal.includes(anyValue)) return all;
    if (op === '=~') return `${op}${space}${literal.replaceAll(anyValue, '.+')}`;
    if (op !== '=') return all;
    const [quote, value] = [literal.slice(0, 1), literal.slice(1, -1)];
    const backslash = quote === '`' ? '\\' : '\\\\';
    return `=~${space}${quote}${value
      .split(anyValue)
      .map((text) => escaped(text, backslash))
      .join('.+')}${quote}`;
  });
}

/** Escapes what has a meaning in a regular expression. Inside of quotes a backslash is written twice, between backticks once. */
function escaped(text: string, backslash: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]]/g, (sign) => `${backslash}${sign}`);
}
