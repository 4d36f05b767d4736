/** Whether a host, as in a URL or in `listen`, is this machine. No name is resolved. */
export function isLoopbackHost(host: string): boolean {
  const bare = host.toLowerCase().replace(/^\[|\]$/g, '');
  return bare === 'localhost' || bare.endsWith('.localhost') || bare === '::1' || /^127(\.\d{1,3}){3}$/.test(bare);
}

/** Whether what is sent to this address can be read on the way: plain HTTP to another machine. */
export function isReadableOnTheWay(address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : null;
  return url?.protocol === 'http:' && !isLoopbackHost(url.hostname);
}
