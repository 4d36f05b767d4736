import type { Sessions } from '../usecases/sessions.ts';
import type { Identify } from './auth.ts';

/** `sessions`: missing: nobody signs in. `hasSignIn`: whether callers must say who they are, although the server has no tokens. */
export type IdentifyParts = { readonly sessions?: Sessions | undefined; readonly hasSignIn?: (() => boolean) | undefined };

/** Finds callers by their token or by the cookie of their session. A token in the Authorization header wins. */
export function identifyCaller(byToken: Identify, { sessions, hasSignIn = () => false }: IdentifyParts): Identify {
  return async (credentials) => {
    const hasToken = credentials.authorization !== undefined;
    const signedIn = hasToken ? null : await sessions?.identify(credentials.cookie);
    if (signedIn?.caller) return signedIn;
    const found = await byToken(credentials);
    const isOpen = found.caller?.kind === 'local' && !hasSignIn();
    if (isOpen || (found.caller !== null && found.caller.kind !== 'local')) return found;
    const why = found.caller === null ? found.why : 'sign in, or send a token: Authorization: Bearer …';
    if (found.caller === null && found.isAway) return found;
    return signedIn ?? { caller: null, why };
  };
}
