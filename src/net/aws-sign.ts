import type { Secret } from '../core/base/secret.ts';
import type { HttpRequest } from './http.ts';

/** The keys of an AWS identity. Temporary ones have a session token. */
export type AwsKeys = { readonly accessKey: string; readonly secretKey: Secret; readonly sessionToken: Secret | null };

/** What a signature is good for: a region such as `eu-west-1`, and the signing name of a service, such as `aps` or `monitoring`. */
export type AwsScope = { readonly region: string; readonly service: string };

/** `at`: the time of the signature. AWS refuses one that is more than five minutes off. */
export type AwsSigning = AwsScope & { readonly keys: AwsKeys; readonly at: number };

/**
 * Signs a request by AWS' Signature Version 4: returns it with the headers `authorization`, `x-amz-date` and, for temporary keys,
 * `x-amz-security-token`. The signature covers method, URL, body, `content-type` and all headers `x-amz-…`. Proxies may change the others.
 */
export async function signAwsRequest(request: HttpRequest, { keys, region, service, at }: AwsSigning): Promise<HttpRequest> {
  // Most servers need no signature, so the library is loaded by the first that does.
  const { AwsV4Signer } = await import('aws4fetch');
  const written = lowerCased(request.headers ?? {});
  const signer = new AwsV4Signer({
    method: request.method,
    url: request.url,
    headers: Object.fromEntries(Object.entries(written).filter(([name]) => name === 'content-type' || name.startsWith('x-amz-'))),
    ...bodyOf(request),
    allHeaders: true,
    accessKeyId: keys.accessKey,
    secretAccessKey: keys.secretKey.reveal(),
    ...(keys.sessionToken && { sessionToken: keys.sessionToken.reveal() }),
    region,
    service,
    datetime: new Date(at).toISOString().replaceAll(/[:-]|\.\d{3}/g, ''),
  });
  const signed = await signer.sign();
  return { ...request, url: signed.url.href, headers: { ...written, ...Object.fromEntries(signed.headers) } };
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function bodyOf({ body, bytes }: HttpRequest): { readonly body?: string | ArrayBuffer } {
  if (bytes !== undefined) return { body: new Uint8Array(bytes).buffer };
  return body === undefined ? {} : { body };
}
