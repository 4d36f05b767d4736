import { ProviderError } from '../src/core/base/errors.ts';
import { HttpError } from '../src/net/http.ts';

/** A call that brought no answer, as the provider's error; `advice` is what to do about an answer that was too large. Anything else is thrown on. */
export function fromHttp(error: unknown, advice: string): ProviderError {
  if (!(error instanceof HttpError)) throw error;
  switch (error.kind) {
    case 'timeout':
    case 'aborted':
      return new ProviderError('timeout', error.message, { cause: error });
    case 'too_large':
      return new ProviderError('bad_response', `${error.message}: ${advice}`, { cause: error });
    case 'unreachable':
    case 'tls':
    case 'broken':
      return new ProviderError('unavailable', error.message, { cause: error });
  }
}
