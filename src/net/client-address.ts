import { BlockList, isIP } from 'node:net';

/** Who calls. `isTrusted`: the caller is on this machine, or a proxy that the config trusts, so its other headers may be believed. */
type ClientAddress = { readonly address: string; readonly isTrusted: boolean };

/** Finds the address of a client from the address of the connection and the header `X-Forwarded-For`. */
export type FindClient = (peer: string, forwardedFor: string | undefined) => ClientAddress;

/** How many addresses of a header are read, from its end. */
const maxHops = 20;

/**
 * Creates a function that finds the address of a client. The header counts only where the connection comes from one of `proxies` (addresses, or networks
 * such as 10.0.0.0/8). Each proxy appends whom it was called by, so the last address that is not a proxy is the client; what stands before it was sent by
 * the client and may be invented.
 */
export function createFindClient(proxies: readonly string[]): FindClient {
  const trusted = listOf(proxies);
  const local = listOf(['127.0.0.0/8', '::1']);
  return (peer, forwardedFor) => {
    const own = plainAddress(peer);
    if (!contains(trusted, own)) return { address: own, isTrusted: contains(local, own) };
    const hops = (forwardedFor ?? '').split(',').slice(-maxHops).reverse();
    let address = own;
    for (const hop of hops.map((text) => plainAddress(text.trim()))) {
      if (isIP(hop) === 0) break;
      address = hop;
      if (!contains(trusted, hop)) break;
    }
    return { address, isTrusted: true };
  };
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

function contains(list: BlockList, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

/** An IPv4 address in the form of IPv6, as sockets show it, becomes IPv4. */
function plainAddress(address: string): string {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  return mapped ?? address;
}
