import { z } from 'zod';
import { ProviderError } from '../../src/core/base/errors.ts';
import { type AwsKeySource, AwsKeysError } from '../../src/net/aws-keys.ts';
import { type AwsKeys, signAwsRequest } from '../../src/net/aws-sign.ts';
import type { Http, HttpResponse } from '../../src/net/http.ts';
import { LoginError } from '../../src/net/login/login.ts';
import { askHttp } from '../ask-http.ts';
import { badResponse, type Vendor, type VendorFault } from '../refusal.ts';

/** `keys` may be renewed: AWS' credentials expire. */
export type CloudWatchApiOptions = {
  readonly url: string;
  readonly region: string;
  readonly keys: AwsKeySource;
  readonly timeoutMs: number;
};

/** Calls one operation, such as `GetMetricData`, and returns the parsed JSON of the answer. Throws `ProviderError`. */
export type CallCloudWatch = (operation: string, input: object, signal: AbortSignal) => Promise<unknown>;

const maxBytes = 16_777_216;

/** How often a refusal can make the chain of credentials start again. */
const refusalPauseMs = 60_000;

/** AWS says nothing about how long to wait. */
const pauseMs = 2_000;

/** Makes a client of the API: AWS JSON 1.0, signed by Signature Version 4. */
export function createApi({ url, region, keys, timeoutMs }: CloudWatchApiOptions, http: Http): CallCloudWatch {
  const denied =
    'are the keys right and of this account, and may they call it (cloudwatch:GetMetricData, for alarms cloudwatch:DescribeAlarms)?';
  const vendor = { name: 'CloudWatch', url, pauseMs, tooLarge: 'ask for fewer metrics', hints: { 401: denied, 403: denied }, readFault };
  let refusedAt = Number.NEGATIVE_INFINITY;
  const callOnce = async (operation: string, input: object, { signal, own }: AttemptOptions): Promise<HttpResponse> => {
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `GraniteServiceVersion20100801.${operation}` };
    const request = {
      method: 'POST',
      url: `${url.replace(/\/+$/, '')}/`,
      headers,
      body: JSON.stringify(input),
      timeoutMs,
      maxBytes,
    } as const;
    const signing = { keys: own, region, service: 'monitoring', at: (http.now ?? Date.now)() };
    const secrets = [own.secretKey, ...(own.sessionToken ? [own.sessionToken] : [])];
    const ownVendor: Vendor = { ...vendor, secrets };
    return await askHttp({ http, vendor: ownVendor }, await signAwsRequest(request, signing), signal);
  };
  return async (operation, input, signal) => {
    const own = await keysOrThrow(keys, false);
    const response = await callOnce(operation, input, { signal, own }).catch(async (error: unknown) => {
      // Temporary keys may have been revoked before they expired. Other refusals stay as they are.
      const isRefusal = error instanceof ProviderError && error.kind === 'unauthorized';
      const at = (http.now ?? Date.now)();
      if (!isRefusal || own.sessionToken === null || Math.abs(at - refusedAt) < refusalPauseMs) throw error;
      refusedAt = at;
      return await callOnce(operation, input, { signal, own: await keysOrThrow(keys, true) });
    });
    const reply = parseJson(response.text);
    if (reply === null) throw badResponse(vendor.name, 'it is not JSON');
    return reply;
  };
}

type AttemptOptions = { readonly signal: AbortSignal; readonly own: AwsKeys };

async function keysOrThrow(keys: AwsKeySource, isFresh: boolean): ReturnType<AwsKeySource> {
  try {
    return await keys({ isFresh });
  } catch (error) {
    if (error instanceof AwsKeysError) throw new ProviderError('unauthorized', error.message, { cause: error });
    if (error instanceof LoginError) throw new ProviderError('timeout', error.message, { cause: error });
    throw error;
  }
}

const Fault = z.object({ __type: z.string().min(1), message: z.string().optional(), Message: z.string().optional() });

/** The kinds of AWS' errors, by the beginning of their names. */
const kinds: readonly (readonly [RegExp, VendorFault['kind']])[] = [
  [/^(?:Throttl|TooManyRequests|RequestLimitExceeded|LimitExceeded)/, 'rate_limited'],
  [/^(?:AccessDenied|NotAuthorized|OptInRequired|UnrecognizedClient|InvalidClientTokenId|MissingAuthenticationToken)/, 'unauthorized'],
  [/^(?:ExpiredToken|RequestExpired|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature)/, 'unauthorized'],
  [/^(?:Internal|ServiceUnavailable)/, 'unavailable'],
];

/** An error names its type, such as `com.amazonaws.cloudwatch#InvalidParameterValueException`. */
function readFault({ text }: HttpResponse): VendorFault | null {
  const fault = Fault.safeParse(parseJson(text));
  if (!fault.success) return null;
  const type = fault.data.__type.replace(/^.*#/, '').replace(/:.*$/, '');
  const words = fault.data.message ?? fault.data.Message;
  const kind = kinds.find(([pattern]) => pattern.test(type))?.[1] ?? 'bad_query';
  return { kind, message: words ? `${type}: ${words}` : type };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // The parser's message would quote the body.
  }
}
