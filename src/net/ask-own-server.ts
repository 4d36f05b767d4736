import { once } from 'node:events';
import { request } from 'node:https';
import { TLSSocket } from 'node:tls';
import { HttpError, kindOf } from './http-error.ts';

/** An answer, and the SHA-256 of the certificate that the server showed. */
export type OwnAnswer = { readonly text: string; readonly fingerprint: string };

const maxLength = 100_000;

/**
 * Asks a server of ours by HTTPS, without a secret, under an address that its certificate does not name. The certificate is not verified: the caller
 * compares it with the one that it knows. Throws `HttpError`.
 */
export async function askOwnServer(url: string, limits: { readonly signal: AbortSignal; readonly timeoutMs: number }): Promise<OwnAnswer> {
  const { host } = new URL(url);
  const limit = AbortSignal.timeout(limits.timeoutMs);
  const signal = AbortSignal.any([limits.signal, limit]);
  try {
    const sent = request(url, { rejectUnauthorized: false, signal, agent: false });
    sent.end();
    const [response] = await once(sent, 'response', { signal });
    const fingerprint = sent.socket instanceof TLSSocket ? (sent.socket.getPeerX509Certificate()?.fingerprint256 ?? '') : '';
    let text = '';
    for await (const part of response) {
      text += String(part);
      if (text.length > maxLength) break;
    }
    return { text, fingerprint };
  } catch (error) {
    if (limit.aborted) throw new HttpError('timeout', `${host} did not answer in time`);
    const { kind, code } = kindOf(error);
    throw new HttpError(kind, `${host} could not be asked${code === null ? '' : ` (${code})`}`, code);
  }
}
