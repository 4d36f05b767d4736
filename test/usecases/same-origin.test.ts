import { expect, test } from 'vitest';
import { isSameOrigin } from '../../src/usecases/same-origin.ts';

const base = 'https://bakewatch.example.com';
const host = 'bakewatch.example.com';

test.for([
  ['a page of this server', { secFetchSite: 'same-origin', origin: base, host }, true],
  [
    'a page of this server, behind a proxy that changes the host',
    { secFetchSite: 'same-origin', origin: base, host: '127.0.0.1:8700' },
    true,
  ],
  ['another site', { secFetchSite: 'cross-site', origin: 'https://evil.example', host }, false],
  ['another host below the same domain', { secFetchSite: 'same-site', origin: 'https://evil.example.com', host }, false],
  ['the address bar', { secFetchSite: 'none', origin: undefined, host }, false],
  ['an older browser', { secFetchSite: undefined, origin: base, host }, true],
  ['an older browser, behind a proxy that changes the host', { secFetchSite: undefined, origin: base, host: '127.0.0.1:8700' }, true],
  ['an older browser on another site', { secFetchSite: undefined, origin: 'https://evil.example', host }, false],
  ['a frame without an origin', { secFetchSite: undefined, origin: 'null', host }, false],
  ['a program', { secFetchSite: undefined, origin: undefined, host }, false],
] as const)('%s', ([, headers, expected]) => {
  expect(isSameOrigin(headers, base)).toBe(expected);
});
