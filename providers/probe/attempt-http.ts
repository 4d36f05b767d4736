import type { HttpTarget } from '../../src/core/rules/probe.ts';
import { connectOnce } from '../../src/net/connect.ts';
import type { HttpRequest, HttpResponse } from '../../src/net/http.ts';
import { expiringWithin } from './attempt-connect.ts';
import type { AttemptDeps, ProbeResult } from './deps.ts';

type HttpAttempt = { readonly target: HttpTarget; readonly withinMs: number };
type RequestTarget = { readonly url: URL; readonly method: HttpTarget['method']; readonly send: HttpTarget['send'] };

const redirecting = new Set([301, 302, 303, 307, 308]);

/** Asks once, on a connection of its own, and compares the answer with what was expected. Throws `HttpError` where there is no answer. */
export async function attemptHttp(deps: Pick<AttemptDeps, 'http' | 'ca'>, trying: HttpAttempt, signal: AbortSignal): Promise<ProbeResult> {
  const { target, withinMs } = trying;
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
    if (hops === target.redirects) return { passed: false, seen: `redirected more often than ${times(target.redirects)}` };
    where = next;
  }
}

function requestOf({ url, method, send }: RequestTarget, ca: string | undefined): Omit<HttpRequest, 'timeoutMs'> {
  const headers = { 'user-agent': 'bakewatch-probe', accept: '*/*', ...send, connection: 'close' };
  return { method, url: url.href, headers, mayCut: true, ...(ca !== undefined && { ca }) };
}

/** Where a redirect leads; `null` where the answer is none that can be followed. Another origin is not shown the headers. */
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
  const wrong = wrongWith({ headers, text }, target);
  return wrong === null ? { passed: true, seen: `${code} in ${ms} ms` } : { passed: false, seen: `${code}, but ${wrong}` };
}

// The answer's own words are not shown: they may hold anything.
function wrongWith({ headers, text }: Pick<HttpResponse, 'headers' | 'text'>, target: HttpTarget): string | null {
  if (target.contains !== null && !text.includes(target.contains)) return `its body does not hold ${quoted(target.contains)}`;
  if (target.lacks !== null && text.includes(target.lacks)) return `its body holds ${quoted(target.lacks)}`;
  for (const [name, wanted] of Object.entries(target.headers)) {
    const value = headers[name.toLowerCase()];
    if (value === undefined) return `it has no header ${name}`;
    if (!value.includes(wanted)) return `its header ${name} does not hold ${quoted(wanted)}`;
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
  const asked = Object.entries(send).find(([name]) => name.toLowerCase() === 'host')?.[1];
  const serverName = asked?.replace(/:\d+$/, '') ?? host;
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
