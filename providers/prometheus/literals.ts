const controls: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\' };

/** The text of a quoted literal. `null` for the escapes of bytes and for those that Prometheus refuses. */
export function unquote(literal: string): string | null {
  const quote = literal.charAt(0);
  const inner = literal.slice(1, -1);
  // Prometheus drops carriage returns or keeps them, depending on its version.
  if (quote === '`') return inner.includes('\r') ? null : inner;
  let isKnown = true;
  const text = inner.replace(/\\(?:u([0-9A-Fa-f]{4})|([\s\S]))/g, (_, code?: string, sign?: string) => {
    const point = Number.parseInt(code ?? '', 16);
    const found =
      code === undefined ? (sign === quote ? quote : controls[sign ?? '']) : isSurrogate(point) ? undefined : String.fromCharCode(point);
    if (found === undefined) isKnown = false;
    return found ?? '';
  });
  return isKnown && text.isWellFormed() ? text : null;
}

function isSurrogate(point: number): boolean {
  return point >= 0xd800 && point <= 0xdfff;
}

/** The position of the first escape that Prometheus refuses, such as `\d`, and its sign; `null` if all are right. */
export function wrongEscape(literal: string): { readonly at: number; readonly sign: string } | null {
  const quote = literal.charAt(0);
  if (quote === '`') return null;
  for (const { 0: sign, index } of literal.matchAll(/\\(?:x[0-9A-Fa-f]{2}|[0-7]{3}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[\s\S])/g)) {
    const escaped = sign.slice(1);
    if (escaped.length === 1 && escaped !== quote && controls[escaped] === undefined) return { at: index, sign };
  }
  return null;
}

/** Formats the name of a label: names with dots and other signs need quotes. */
export function formatLabel(label: string): string {
  return /^[A-Za-z_]\w*$/.test(label) ? label : JSON.stringify(label);
}
