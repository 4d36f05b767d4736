import { z } from 'zod';
import { DemoError } from './demo-error.ts';

const Entry = z.object({ at: z.iso.datetime(), kind: z.string(), by: z.string(), text: z.string() });
const Check = z.object({ name: z.string(), outcome: z.string(), headline: z.string() });

/** The part of the answer of `GET /v1/deploys/{id}` that the demo reads. */
const DeployBody = z.object({
  id: z.string(),
  url: z.string(),
  state: z.string(),
  final: z.boolean(),
  bake_version: z.number(),
  summary: z.string(),
  reasons: z.array(z.string()),
  checks: z.array(Check).default([]),
  timeline: z.array(Entry).default([]),
});
export type DeployBody = z.output<typeof DeployBody>;

/** Calls the server as a pipeline would: over HTTP, with a token. Every method throws `DemoError` for an answer that is not 2xx. */
export type Api = {
  readonly isReady: () => Promise<boolean>;
  readonly register: (version: string) => Promise<DeployBody>;
  /** Resolves when the version of the bake is greater than `after`, when it is final, or after a second. */
  readonly wait: (id: string, after: number) => Promise<DeployBody>;
  readonly recording: (id: string) => Promise<string>;
};

/** Creates the client. `signal` aborts every call. */
export function createApi({ url, token }: { readonly url: string; readonly token: string }, signal: AbortSignal): Api {
  const call = async (path: string, body?: unknown): Promise<Response> => {
    const response = await fetch(`${url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal,
    });
    if (response.ok) return response;
    throw new DemoError(`Bakewatch answered ${response.status} to ${path}: ${(await response.text()).slice(0, 500)}`);
  };
  return {
    async isReady() {
      // The connection is refused until the server listens.
      const response = await fetch(`${url}/health/ready`, { signal }).catch(() => null);
      return response?.ok ?? false;
    },
    register: async (version) => read(await call('/v1/deploys', { service: 'shop', environment: 'production', version })),
    wait: async (id, after) => read(await call(`/v1/deploys/${id}/wait?timeout=1s&after=${after}`)),
    recording: async (id) => (await call(`/v1/deploys/${id}/recording`)).text(),
  };
}

async function read(response: Response): Promise<DeployBody> {
  const parsed = DeployBody.safeParse(await response.json());
  if (parsed.success) return parsed.data;
  throw new DemoError(`the demo does not understand the answer of Bakewatch: ${z.prettifyError(parsed.error)}`);
}
