/** A dimension of a metric. CloudWatch finds a metric only by all of its dimensions. */
export type Dimension = { readonly name: string; readonly value: string };

/** The parsed value, or what is wrong, for the author of the query. */
export type CloudWatchResult<T> = { readonly ok: true; readonly value: T } | CloudWatchProblem;
export type CloudWatchProblem = { readonly ok: false; readonly problem: string; readonly hint: string; readonly at?: number };

/** CloudWatch allows a metric this many. */
const maxDimensions = 30;
const example = 'write NAME="value", with a comma between two';

/** Parses a list such as `LoadBalancer="app/shop/1", TargetGroup="…"`. It may have `$matchers` in place of one, and what an empty `$matchers` leaves behind. */
export function parseDimensions(text: string): CloudWatchResult<readonly Dimension[]> {
  const found: Dimension[] = [];
  const part = /\s*(?:\$matchers(?:__)?|([\w.:/-](?:[\w .:/-]*[\w.:/-])?)\s*=\s*"((?:[^"\\]|\\.)*)")?\s*(,|$)/y;
  for (let at = 0; at < text.length; at = part.lastIndex) {
    part.lastIndex = at;
    const [whole, name, value] = part.exec(text) ?? [];
    if (whole === undefined) return refuse(`${show(text.slice(at))} is no dimension`, example);
    if (name === undefined || value === undefined) continue;
    if (found.some((one) => one.name === name)) return refuse(`the dimension ${name} is given twice`, 'remove one of them');
    found.push({ name, value: value.replace(/\\(.)/g, '$1') });
  }
  return found.length <= maxDimensions
    ? { ok: true, value: found }
    : refuse(`the metric has ${found.length} dimensions`, `CloudWatch allows ${maxDimensions}`);
}

/** Creates the result for a problem. `at`: where in the text. */
export function refuse(problem: string, hint: string, at?: number): CloudWatchProblem {
  return { ok: false, problem, hint, ...(at !== undefined && { at }) };
}

/** Quotes the beginning of a text. */
export function show(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line === '' ? 'the end' : `"${line.length > 40 ? `${line.slice(0, 40)}…` : line}"`;
}
