import type { HttpTarget } from '../../src/core/rules/probe.ts';
import { connectOnce } from '../../src/net/connect.ts';
import type { HttpRequest, HttpResponse } from '../../src/net/http.ts';
import { expiringWithin } from './attempt-connect.ts';
import type { AttemptDeps, ProbeResult } from './deps.ts';

type HttpAttempt = { readonly target: HttpTarget; readonly withinMs: number };
type RequestTarget = { readonly url: URL; readonly method: HttpTarget['method']; readonly send: HttpTarget['send'] };

const redirecting = new Set([301, 302, 303, 307, 308]);

/** Sends one request on a new connection and compares the answer with the expected one. Throws `HttpError` where there is no answer. */
export async function attemptHttp(deps: Pick<AttemptDeps, 'http' | 'ca'>, attempt: HttpAttempt, signal: AbortSignal): Promise<ProbeResult> {
  const { target, withinMs } = attempt;
  const startedAt = performance.now();
  const leftMs = () => Math.max(1, Math.ceil(withinMs - (performance.now() - startedAt)));
  let where: RequestTarget = { url: new URL(target.url), method: target.method, send: target.send };
  if (target.tlsDays !== null && where.url.protocol === 'https:') {
    const expiring = await certificateProblem(deps, { where, days: target.tlsDays, timeoutMs: leftMs() }, signal);
    if (expiring !== null) return { passed: false, seen: expiring };
  }
  for (let hops = 0; ; hops++) {
    const response = await deps.http.request({ ...requestOf(where, deps.ca), timeoutMs: leftMs() }, signal);
    const next = target.redirects > 0 ? nextOf(response, where) : null;
    if (next === null) return compare(response, target, Math.round(performance.now() - startedAt));
    if (hops === target.redirects) return { passed: false, seen: `redirected more than ${times(target.redirects)}` };
    where = next;
  }
}

function requestOf({ url, method, send }: RequestTarget, ca: string | undefined): Omit<HttpRequest, 'timeoutMs'> {
  const headers = { 'user-agent': 'bakewatch-probe', accept: '*/*', ...send, connection: 'close' };
  return { method, url: url.href, headers, mayCut: true, ...(ca !== undefined && { ca }) };
}

/** The next request of a redirect; `null` if the answer is not a redirect that can be followed. Another origin does not get the headers. */
function nextOf({ status, headers }: HttpResponse, { url, method, send }: RequestTarget): RequestTarget | null {
  const to =
    redirecting.has(status) && headers.location !== undefined && URL.canParse(headers.location, url.href) ? headers.location : null;
  if (to === null) return null;
  const next = new URL(to, url.href);
  if (next.protocol !== 'http:' && next.protocol !== 'https:') return null;
  return { url: next, method: method === 'POST' && status < 307 ? 'GET' : method, send: next.origin === url.origin ? send : {} };
}

function compare({ status, headers, text }: HttpResponse, target: HttpTarget, ms: number): ProbeResult {
  const code = `HTTP ${status}`;
  if (!target.status.some(({ from, to }) => status >= from && status <= to))
    return { passed: false, seen: `${code}, expected ${ranges(target.status)}` };
  const mismatch = mismatchOf({ headers, text }, target);
  return mismatch === null ? { passed: true, seen: `${code} in ${ms} ms` } : { passed: false, seen: `${code}, but ${mismatch}` };
}

// The answer itself is not shown: it may hold anything.
function mismatchOf({ headers, text }: Pick<HttpResponse, 'headers' | 'text'>, target: HttpTarget): string | null {
  if (target.contains !== null && !text.includes(target.contains)) return `its body does not contain ${quoted(target.contains)}`;
  if (target.lacks !== null && text.includes(target.lacks)) return `its body contains ${quoted(target.lacks)}`;
  for (const [name, expected] of Object.entries(target.headers)) {
    const value = headers[name.toLowerCase()];
    if (value === undefined) return `it has no header ${name}`;
    if (!value.includes(expected)) return `its header ${name} does not contain ${quoted(expected)}`;
  }
  return null;
}

type CertificateCheck = { readonly where: RequestTarget; readonly days: number; readonly timeoutMs: number };

async function certificateProblem(
  { ca }: Pick<AttemptDeps, 'ca'>,
  { where: { url, send }, days, timeoutMs }: CertificateCheck,
  signal: AbortSignal,
): Promise<string | null> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const hostHeader = Object.entries(send).find(([name]) => name.toLowerCase() === 'host')?.[1];
  const serverName = hostHeader?.replace(/:\d+$/, '') ?? host;
  const port = url.port === '' ? 443 : Number(url.port);
  const { certificateEndsAt } = await connectOnce({ host, port, timeoutMs, tls: { ca, serverName } }, signal);
  return expiringWithin(certificateEndsAt, days);
}

function ranges(status: HttpTarget['status']): string {
  return status.map(({ from, to }) => (from === to ? String(from) : `${from} to ${to}`)).join(' or ');
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
