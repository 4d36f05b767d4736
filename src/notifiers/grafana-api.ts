import { z } from 'zod';
import { EffectError } from '../core/base/errors.ts';
import type { Secret } from '../core/base/secret.ts';
import { type DeliveredResponse, deliver } from '../net/deliver.ts';
import type { Http } from '../net/http.ts';
import type { Mark } from './grafana-mark.ts';

/** The address of Grafana, the credentials, and the dashboard to annotate. */
export type GrafanaAccess = {
  readonly url: Secret;
  readonly headers: Readonly<Record<string, Secret>>;
  readonly timeoutMs: number;
  readonly ca?: string | undefined;
  readonly dashboard?: string | undefined;
  readonly panel?: number | undefined;
};

/** The annotations of Grafana. Every method throws `EffectError`. */
export interface GrafanaApi {
  /** Returns the newest annotation in the time span that has all of these tags. */
  find(tags: readonly string[], span: { readonly from: number; readonly to: number }): Promise<number | null>;
  create(mark: Mark, idempotencyKey: string): Promise<number>;
  /** Returns `false` if the annotation was deleted. */
  change(id: number, mark: Mark): Promise<boolean>;
}

/** The answer holds all panels of the dashboard. */
const maxDashboardBytes = 33_554_432;

const Annotations = z.array(z.object({ id: z.int() }));
const Created = z.object({ id: z.int() });
const Dashboard = z.object({ dashboard: z.object({ id: z.int().optional() }) });

/** Uses the API of Grafana 7, which newer versions still support. Times are milliseconds: Grafana would read seconds as an instant in 1970. */
export function createGrafanaApi(access: GrafanaAccess, http: Http, signal: AbortSignal): GrafanaApi {
  const request = async <T>(call: GrafanaCall, schema: z.ZodType<T>): Promise<T> =>
    parseAnswer(await send(access, http, call, signal), schema);
  // Grafana 7 identifies a dashboard by its number only and ignores the UID; newer versions prefer the UID. So both are sent.
  const dashboardFields = async () => {
    const { dashboard: uid, panel } = access;
    if (uid === undefined) return {};
    const { dashboard } = await request({ method: 'GET', path: `/api/dashboards/uid/${uid}`, maxBytes: maxDashboardBytes }, Dashboard);
    return { dashboardUID: uid, dashboardId: dashboard.id, panelId: panel };
  };
  return {
    async find(tags, { from, to }) {
      const query = new URLSearchParams({ from: String(from), to: String(to) });
      for (const tag of tags) query.append('tags', tag);
      const [newest] = await request({ method: 'GET', path: `/api/annotations?${query}` }, Annotations);
      return newest?.id ?? null;
    },
    async create(mark, idempotencyKey) {
      const body = { ...(await dashboardFields()), time: mark.from, ...contentOf(mark) };
      return (await request({ method: 'POST', path: '/api/annotations', body, idempotencyKey }, Created)).id;
    },
    async change(id, mark) {
      try {
        await send(access, http, { method: 'PATCH', path: `/api/annotations/${id}`, body: contentOf(mark) }, signal);
        return true;
      } catch (error) {
        if (error instanceof EffectError && isGone(error)) return false;
        throw error;
      }
    },
  };
}

function contentOf({ until, text, tags }: Mark) {
  return { ...(until !== null && { timeEnd: until }), text, tags };
}

/** Grafana 7 answers 500 where newer versions answer 404. */
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
  const hint = path.startsWith('/api/dashboards/') && status === 404 ? 'check that `dashboard` is the UID in its address' : hints[status];
  if (hint === undefined) return error;
  const { output, retryAfterMs } = error;
  return new EffectError(error.kind, `${error.message} (${hint})`, { cause: error, output, status, retryAfterMs });
}

const hints: Readonly<Record<number, string>> = {
  401: 'check that the token or the user belongs to this Grafana and is still valid',
  403: 'annotations need the role Editor, in the organization and for the dashboard; old versions also answer this for a dashboard that does not exist',
  404: 'check that the url is that of Grafana, with its path and without /api',
};

function parseAnswer<T>({ text, excerpt }: DeliveredResponse, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new EffectError('refused', `the answer is not from the API of Grafana${excerpt && `: ${excerpt}`}`, { output: excerpt });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
