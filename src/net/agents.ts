import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import type { Secret } from '../core/base/secret.ts';
import type { HttpProxy } from './proxy.ts';

/** A client certificate and its key, as PEM text. */
export type ClientCertificate = { readonly cert: string; readonly key: Secret };

/** What connections must have in common to be shared. `ca` is PEM text that replaces the certificate authorities of the system. */
export type AgentTraits = {
  readonly ca?: string | undefined;
  readonly certificate?: ClientCertificate | undefined;
  readonly proxy: HttpProxy | null;
};

/** Pools of connections. */
export type Agents = {
  agentFor(traits: AgentTraits): Dispatcher;
  /** Closes all connections. Pending requests fail. */
  close(): Promise<void>;
};

/** Certificates that are replaced each day leave old pools behind. */
const maxAgents = 64;
const connectMs = 10_000;

/** Creates an empty set of pools. Requests with the same traits share connections, which are kept open. */
export function createAgents(): Agents {
  const agents = new Map<string, Dispatcher>();
  return {
    agentFor(traits) {
      const key = keyOf(traits);
      const agent = agents.get(key) ?? makeAgent(traits);
      // The pool that was used last stands at the end.
      agents.delete(key);
      agents.set(key, agent);
      const [oldest] = agents;
      if (agents.size > maxAgents && oldest) {
        agents.delete(oldest[0]);
        oldest[1].close().catch(() => {}); // It ends after its last answer.
      }
      return agent;
    },
    async close() {
      const closing = [...agents.values()].map((agent) => agent.destroy());
      agents.clear();
      await Promise.all(closing);
    },
  };
}

function makeAgent({ ca, certificate, proxy }: AgentTraits): Dispatcher {
  const tls = {
    ...(ca !== undefined && { ca }),
    ...(certificate && { cert: certificate.cert, key: certificate.key.reveal() }),
  };
  // The client's own timer limits every request, so undici's are off, except the one that distinguishes "never connected" from "no answer".
  const timeouts = { headersTimeout: 0, bodyTimeout: 0 };
  if (proxy === null) return new Agent({ ...timeouts, connect: { timeout: connectMs, ...tls } });
  return new ProxyAgent({ ...timeouts, uri: proxy.url.reveal(), requestTls: tls, connectTimeout: connectMs });
}

function keyOf({ ca, certificate, proxy }: AgentTraits): string {
  return JSON.stringify([ca, certificate?.cert, certificate?.key.reveal(), proxy?.url.reveal()]);
}
