const maxLength = 1_000;
const base = 'https://own.invalid';

/**
 * The page of this server to which a person returns after the sign-in: a path, and never another site. What browsers read as the name of a host
 * (`//host`, `/\host`, also after `..`) and every other address becomes the overview, and so do the pages of the sign-in.
 */
export function ownPath(text: unknown): string {
  if (typeof text !== 'string' || text.length > maxLength || !text.startsWith('/')) return '/';
  const url = URL.parse(text, base);
  if (url === null || url.origin !== base) return '/';
  const path = `${url.pathname}${url.search}`;
  return /^\/(?:[/\\]|(?:auth|sign-in)(?:[/?]|$))/.test(path) ? '/' : path;
}
