import { type ArgumentState, argumentProblem, type DeclaredArguments } from '../arguments.ts';

/** The path and query of a request, or what is wrong with them. */
export type WebTarget = { readonly ok: true; readonly path: string } | { readonly ok: false; readonly problem: string };

/**
 * Reads `/path?name=value&…` of a rule. The path has no sign that could lead out of the base URL: no `..`, no empty part, no escape, no backslash.
 * Values may be percent-encoded. They are decoded, checked by their declared pattern, and encoded again.
 */
export function readTarget(target: string, declared: DeclaredArguments, state: ArgumentState): WebTarget {
  const [path = '', ...queries] = target.split('?');
  if (queries.length > 1) return refused('a second "?" must be written as %3F');
  const problem = pathProblem(path);
  if (problem !== null) return refused(problem);
  const pairs = queries.flatMap((query) => query.split('&')).filter((pair) => pair !== '');
  const names = new Set<string>();
  const written: string[] = [];
  for (const pair of pairs) {
    const [, name = pair, encoded = ''] = /^([^=]*)=([\s\S]*)$/.exec(pair) ?? [];
    const value = decoded(encoded);
    if (value === null) return refused(`the value of ${name.slice(0, 60)} has a broken percent-encoding`);
    const wrong = argumentProblem(declared, { name, value }, state);
    if (wrong !== null) return refused(wrong);
    if (names.has(name)) return refused(`${name} is given twice`);
    names.add(name);
    written.push(`${name}=${encodeURIComponent(value)}`);
  }
  return { ok: true, path: written.length === 0 ? path : `${path}?${written.join('&')}` };
}

/** Appends a path to the base URL. `null`: the result would lie outside of it. */
export function urlBelow(base: string, path: string): string | null {
  const root = base.replace(/\/+$/, '');
  const [made, from] = [new URL(`${root}${path}`), new URL(`${root}/`)];
  return made.origin === from.origin && made.pathname.startsWith(from.pathname) && made.username === '' ? made.href : null;
}

function pathProblem(path: string): string | null {
  if (!path.startsWith('/')) return 'the path must begin with "/": it lies below the url of the provider';
  const sign = /[^A-Za-z0-9._~!$'()*+,;=:@{}/-]/u.exec(path)?.[0];
  if (sign !== undefined) return `the path may not contain ${JSON.stringify(sign)}`;
  const parts = path.slice(1).split('/');
  if (parts.slice(0, -1).includes('')) return 'the path may not contain "//"';
  return parts.some((part) => part === '.' || part === '..') ? 'the path may not contain "." or ".." as a part' : null;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function refused(problem: string): WebTarget {
  return { ok: false, problem };
}
