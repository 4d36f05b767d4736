import { parse, serialize } from 'hono/utils/cookie';

/** A cookie of this server. Over https, its name makes browsers refuse it from other hosts, other paths and plain connections. */
export type OwnCookie = {
  /** The value in a `Cookie` header; `undefined`: it has none. */
  read(header: string | undefined): string | undefined;
  /** The `Set-Cookie` header. */
  write(value: string, maxAgeMs: number): string;
  /** The `Set-Cookie` header that takes the cookie away. */
  clear(): string;
};

/** Creates a cookie that no script sees, and that comes back with requests of other sites only when a person follows a link. */
export function createCookie(name: string, baseUrl: string): OwnCookie {
  const isSecure = URL.parse(baseUrl)?.protocol === 'https:';
  const own = `${isSecure ? '__Host-' : ''}${name}`;
  const options = { path: '/', httpOnly: true, secure: isSecure, sameSite: 'Lax' } as const;
  return {
    read: (header) => (header === undefined ? undefined : parse(header, own)[own]),
    write: (value, maxAgeMs) => serialize(own, value, { ...options, maxAge: Math.floor(maxAgeMs / 1000) }),
    clear: () => serialize(own, '', { ...options, maxAge: 0 }),
  };
}
