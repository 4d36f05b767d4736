import { z } from 'zod';
import { Duration } from '../core/fields.ts';
import { ExtraHeaders, HttpAddress, SigningSecret } from '../net/address.ts';
import { deliver } from '../net/deliver.ts';
import type { Notice, Notifier } from '../ports/notifier.ts';
import { definePlugin } from '../ports/plugin.ts';
import type { NotifierDeps } from './deps.ts';

const options = z.strictObject({
  url: HttpAddress.describe('Receives every notice as a signed POST.'),
  secret: SigningSecret.describe('The key of the signature, at least 16 characters.'),
  headers: ExtraHeaders.optional().describe('Headers to send with every notice.'),
  timeout: Duration.prefault('10s').describe('How long to wait for an answer. Default: 10s.'),
});

/** Posts notices as signed JSON. */
export const webhook = definePlugin({
  type: 'webhook',
  summary: 'Posts every notice as signed JSON.',
  options,
  example: { url: 'https://hooks.example.com/bakewatch', secret: 'a-secret-of-at-least-16-characters' },
  create: ({ url, secret, headers, timeout }: z.output<typeof options>, { http }: NotifierDeps): Notifier => ({
    async notify(notice, { signal }) {
      const body = JSON.stringify(bodyOf(notice));
      await deliver(http, { method: 'POST', url, headers, body, idempotencyKey: notice.id, signWith: secret, timeoutMs: timeout }, signal);
      return null;
    },
  }),
});

/** The notice as receivers see it: snake case, and the instant in ISO 8601. */
function bodyOf({ deployId, at, ...rest }: Notice) {
  const { id, topic, service, environment, version, title, reasons, url, links } = rest;
  return { id, topic, at: new Date(at).toISOString(), deploy_id: deployId, service, environment, version, title, reasons, url, links };
}
