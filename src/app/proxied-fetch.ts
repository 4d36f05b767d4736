import type { Env } from './env.ts';

/**
 * Node's own client, through the proxy of the environment. Older versions of Node cannot send it through a proxy. The module is taken when it is needed:
 * an import of `node:http` costs more than the rest of a short command, because it evaluates everything that the module has.
 */
export function createProxiedFetch({ all }: Pick<Env, 'all'>): typeof fetch {
  let isSet = false;
  return (input, init) => {
    if (!isSet) setProxy(all);
    isSet = true;
    return fetch(input, init);
  };
}

function setProxy(env: Env['all']): void {
  const http = process.getBuiltinModule('node:http');
  if (!('setGlobalProxyFromEnv' in http)) return;
  const exceptions = ['localhost', '127.0.0.1', '[::1]', env.no_proxy || env.NO_PROXY].filter(Boolean).join(',');
  http.setGlobalProxyFromEnv({ ...env, no_proxy: exceptions, NO_PROXY: exceptions });
}
