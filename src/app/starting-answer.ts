/** Answers all requests of a server that is not open yet: it lives, it is not ready, and everything else may be tried again. */
export function startingAnswer(reason: string): (request: Request) => Response {
  return (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/health/live') return Response.json({ status: 'ok' });
    const init = { status: 503, headers: { 'retry-after': '5', 'cache-control': 'no-store' } };
    if (pathname === '/health/ready') return Response.json({ status: 'not ready', reason }, init);
    const body = { type: 'about:blank', title: 'Not available now', status: 503, detail: `the server is starting: ${reason}` };
    return Response.json(body, { ...init, headers: { ...init.headers, 'content-type': 'application/problem+json' } });
  };
}
