import { z } from 'zod';
import { EffectError } from '../core/base/errors.ts';
import type { Secret } from '../core/base/secret.ts';
import { type DeliveredResponse, deliver } from '../net/deliver.ts';
import type { Http } from '../net/http.ts';
import type { Mark } from './grafana-mark.ts';

/** Where Grafana is, what lets us in, and which dashboard is annotated. */
export type GrafanaAccess = {
  readonly url: Secret;
  readonly headers: Readonly<Record<string, Secret>>;
  readonly timeoutMs: number;
  readonly ca?: string | undefined;
  readonly dashboard?: string | undefined;
  readonly panel?: number | undefined;
};

/** Grafana's annotations. Every method throws `EffectError`. */
export interface GrafanaApi {
  /** The newest annotation with all of these tags in this time. */
  find(tags: readonly string[], span: { readonly from: number; readonly to: number }): Promise<number | null>;
  create(mark: Mark, idempotencyKey: string): Promise<number>;
  /** Says `false` where somebody has deleted it. */
  change(id: number, mark: Mark): Promise<boolean>;
}

/** All of its panels come with it. */
const largestDashboard = 33_554_432;

const Found = z.array(z.object({ id: z.int() }));
const Created = z.object({ id: z.int() });
const Dashboard = z.object({ dashboard: z.object({ id: z.int().optional() }) });

/** Speaks the API as of version 7, which newer ones still answer. Times are whole milliseconds: Grafana takes seconds for an instant in 1970. */
export function createGrafanaApi(access: GrafanaAccess, http: Http, signal: AbortSignal): GrafanaApi {
  const ask = async <T>(call: GrafanaCall, schema: z.ZodType<T>): Promise<T> => read(await send(access, http, call, signal), schema);
  // Version 7 knows a dashboard by its number only, and drops the UID in silence; newer ones prefer the UID. Both are sent.
  const place = async () => {
    const { dashboard: uid, panel } = access;
    if (uid === undefined) return {};
    const { dashboard } = await ask({ method: 'GET', path: `/api/dashboards/uid/${uid}`, maxBytes: largestDashboard }, Dashboard);
    return { dashboardUID: uid, dashboardId: dashboard.id, panelId: panel };
  };
  return {
    async find(tags, { from, to }) {
      const query = new URLSearchParams({ from: String(from), to: String(to) });
      for (const tag of tags) query.append('tags', tag);
      const [newest] = await ask({ method: 'GET', path: `/api/annotations?${query}` }, Found);
      return newest?.id ?? null;
    },
    async create(mark, idempotencyKey) {
      const body = { ...(await place()), time: mark.from, ...wordsOf(mark) };
      return (await ask({ method: 'POST', path: '/api/annotations', body, idempotencyKey }, Created)).id;
    },
    async change(id, mark) {
      try {
        await send(access, http, { method: 'PATCH', path: `/api/annotations/${id}`, body: wordsOf(mark) }, signal);
        return true;
      } catch (error) {
        if (error instanceof EffectError && isGone(error)) return false;
        throw error;
      }
    },
  };
}

function wordsOf({ until, text, tags }: Mark) {
  return { ...(until !== null && { timeEnd: until }), text, tags };
}

/** Version 7 says 500 where newer ones say 404. */
function isGone({ status, output }: EffectError): boolean {
  return status === 404 || (status === 500 && output.includes('Could not find annotation'));
}

type GrafanaCall = {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly body?: object;
  readonly idempotencyKey?: string;
  readonly maxBytes?: number;
};

async function send(access: GrafanaAccess, http: Http, { body, ...call }: GrafanaCall, signal: AbortSignal): Promise<DeliveredResponse> {
  const { url, headers, timeoutMs, ca } = access;
  try {
    return await deliver(http, { ...call, url, headers, timeoutMs, ca, body: body && JSON.stringify(body) }, signal);
  } catch (error) {
    throw error instanceof EffectError && error.status !== null ? withHint(error, error.status, call.path) : error;
  }
}

function withHint(error: EffectError, status: number, path: string): EffectError {
  const hint = path.startsWith('/api/dashboards/') && status === 404 ? 'is `dashboard` the UID in its address?' : hints[status];
  if (hint === undefined) return error;
  const { output, retryAfterMs } = error;
  return new EffectError(error.kind, `${error.message} (${hint})`, { cause: error, output, status, retryAfterMs });
}

const hints: Readonly<Record<number, string>> = {
  401: 'is what we show a token or a user of this Grafana, and still valid?',
  403: 'annotations need the role Editor, in the organization and for the dashboard; old versions say this of a dashboard that is not there, too',
  404: 'is the url that of Grafana itself, with the path that it is served at and without /api?',
};

function read<T>({ text, excerpt }: DeliveredResponse, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new EffectError('refused', `what answered is not Grafana's API${excerpt && `: ${excerpt}`}`, { output: excerpt });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
