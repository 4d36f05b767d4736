import { expect, test } from 'vitest';
import { createFindClient } from '../../src/net/client-address.ts';

const find = createFindClient(['10.0.0.0/8', '192.0.2.1', 'fd00::/8']);

test.for([
  {
    name: 'a stranger is who connects, whatever it says',
    peer: '203.0.113.9',
    header: '198.51.100.1',
    address: '203.0.113.9',
    isTrusted: false,
  },
  {
    name: 'a caller on this machine is trusted, but is no proxy',
    peer: '127.0.0.1',
    header: '198.51.100.1',
    address: '127.0.0.1',
    isTrusted: true,
  },
  { name: 'a loopback address of IPv6 is this machine', peer: '::1', header: undefined, address: '::1', isTrusted: true },
  { name: 'a proxy says who called it', peer: '192.0.2.1', header: '198.51.100.1', address: '198.51.100.1', isTrusted: true },
  { name: 'IPv4 in the form of IPv6 is IPv4', peer: '::ffff:10.1.2.3', header: '198.51.100.1', address: '198.51.100.1', isTrusted: true },
  {
    name: 'of a chain of proxies, the last stranger counts',
    peer: '10.0.0.1',
    header: '1.1.1.1, 198.51.100.1, 10.0.0.2',
    address: '198.51.100.1',
    isTrusted: true,
  },
  { name: 'a client of IPv6', peer: 'fd00::1', header: '2001:db8::7', address: '2001:db8::7', isTrusted: true },
  { name: 'a proxy that says nothing', peer: '10.0.0.1', header: undefined, address: '10.0.0.1', isTrusted: true },
  { name: 'only proxies: the first of them', peer: '10.0.0.1', header: '10.0.0.3, 10.0.0.2', address: '10.0.0.3', isTrusted: true },
  { name: 'words are no address', peer: '10.0.0.1', header: '1.1.1.1, <script>, 10.0.0.2', address: '10.0.0.2', isTrusted: true },
])('$name', ({ peer, header, address, isTrusted }) => {
  expect(find(peer, header)).toEqual({ address, isTrusted });
});
