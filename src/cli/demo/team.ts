import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

const TeamNotice = z.object({ id: z.string(), title: z.string(), reasons: z.array(z.string()) });
export type TeamNotice = z.output<typeof TeamNotice>;

/**
 * Plays the team's chat: receives the webhooks of Bakewatch, refuses those without a valid signature, and passes each notice on once, as every receiver
 * should, because a notice may be delivered twice.
 */
export function createTeam({ secret, onNotice }: { readonly secret: string; readonly onNotice: (notice: TeamNotice) => void }): Server {
  const seen = new Set<string>();
  return createServer((req, res) => {
    const answer = async () => {
      const body = await text(req);
      if (!isSigned(req, body, secret)) return 401;
      const notice = TeamNotice.safeParse(JSON.parse(body));
      if (!notice.success) return 400;
      if (!seen.has(notice.data.id)) onNotice(notice.data);
      seen.add(notice.data.id);
      return 204;
    };
    answer().then(
      (status) => res.writeHead(status).end(),
      () => res.writeHead(400).end(),
    );
  });
}

// The signature is `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`.
function isSigned(req: IncomingMessage, body: string, secret: string): boolean {
  const [, seconds, hex] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(req.headers['bakewatch-signature'])) ?? [];
  if (seconds === undefined || hex === undefined) return false;
  return timingSafeEqual(Buffer.from(hex, 'hex'), createHmac('sha256', secret).update(`${seconds}.${body}`).digest());
}
