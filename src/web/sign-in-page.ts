import { type Html, html } from './html.ts';
import { layout } from './layout.ts';
import { sentence } from './sentence.ts';
import type { Viewer } from './viewer.ts';

/** What stands above the form. The texts are fixed: nothing of them comes from an address. */
const notices = {
  refused: { tone: 'bad', text: 'The sign-in was not confirmed. Start again.' },
  lost: { tone: 'bad', text: 'This sign-in is too old, was used, or was begun in another browser. Start again.' },
  away: { tone: 'bad', text: 'The identity provider does not answer. Try again in a moment.' },
  link: { tone: 'bad', text: 'This link was used, or is too old. Make a new one with bakewatch admin-link.' },
  out: { tone: 'good', text: 'You have signed out of Bakewatch.' },
} as const;

export type SignInNotice = keyof typeof notices;

export function isSignInNotice(text: string | undefined): text is SignInNotice {
  return text !== undefined && Object.hasOwn(notices, text);
}

/** `provider: null`: people sign in by links only. `endUrl`: where they sign out of the provider, too. `trouble`: why the provider does not work now. */
export type SignInView = {
  readonly viewer: Viewer;
  readonly returnTo: string;
  readonly notice: SignInNotice | null;
  /** Why the token that was sent does not work. */
  readonly refusal: string | null;
  /** Whether people can sign in with a token. */
  readonly hasTokens: boolean;
  readonly provider: { readonly label: string; readonly endUrl: string | null; readonly trouble: string | null } | null;
};

/** The page on which people sign in. */
export function signInPage({ viewer, returnTo, notice, refusal, hasTokens, provider }: SignInView): Html {
  const goal = returnTo === '/' ? 'to see deploys and to act on them' : 'to see the page that you have opened';
  const shown = notice === null ? null : notices[notice];
  return panelPage(
    { title: 'Sign in', viewer },
    html`<h1>Sign in</h1><p class="second">${goal}</p>
${shown === null ? '' : html`<p class="sign-in-notice ${shown.tone}" role="status">${shown.text}</p>`}
${refusal === null ? '' : html`<p class="sign-in-notice bad" role="alert">${sentence(refusal)}</p>`}
${provider?.trouble ? html`<p class="sign-in-notice bad" role="status">${provider.trouble}</p>` : ''}
${
  provider === null
    ? hasTokens
      ? ''
      : html`<p class="second">This server has no identity provider.</p>`
    : html`<a class="button primary" href="/auth/start?return_to=${encodeURIComponent(returnTo)}">Continue with ${provider.label}</a>`
}
${notice === 'out' && provider?.endUrl ? html`<a class="button" href="${provider.endUrl}">Sign out of ${provider.label}, too</a>` : ''}
${hasTokens ? tokenForm(returnTo, provider === null || refusal !== null) : ''}`,
    provider === null && hasTokens
      ? html`No token? Ask an admin, who makes one with <code>bakewatch token new</code>.`
      : html`No access? Ask an admin for a role. An admin of the server can make a one-time link with <code>bakewatch admin-link</code>.`,
  );
}

/** Folded up next to an identity provider, which most people use. */
function tokenForm(returnTo: string, isOpen: boolean): Html {
  return html`<details class="sign-in-token"${isOpen ? html` open=""` : ''}><summary>Sign in with a token</summary>
<form method="post" action="/auth/token"><input type="hidden" name="return_to" value="${returnTo}"><label class="why">Token<input class="field" type="password" name="token" required maxlength="1000" autocomplete="off" spellcheck="false"></label>
<p class="third small">You may do what the token allows, until it ends or you sign out.</p><button class="button${isOpen ? ' primary' : ''}" type="submit">Sign in with this token</button></form></details>`;
}

/** The page behind a one-time link. Chats and mail scanners open links, so that only the button signs in. */
export function linkPage(viewer: Viewer, key: string): Html {
  return panelPage(
    { title: 'Sign in', viewer },
    html`<h1>Sign in as admin</h1><p class="second">This link works once. You may do everything on this server for at most 12 hours.</p>
<form method="post" action="/auth/link"><input type="hidden" name="key" value="${key}"><button class="button primary" type="submit">Sign in as admin</button></form>`,
    html`You did not ask for this link? Close this page.`,
  );
}

/** The page for somebody whom the provider knows, and to whom the config gives no role. */
export function noRolePage(
  viewer: Viewer,
  { name, email, groups }: { name: string; email: string | null; groups: readonly string[] },
): Html {
  return panelPage(
    { title: 'No role', viewer },
    html`<h1>You have no role here</h1><p class="second">The identity provider knows you as <b>${name}</b>, and <code>sign_in.roles</code> in the config gives you nothing.</p>
<dl class="small"><dt>Verified address</dt><dd>${email ?? 'none'}</dd><dt>Groups</dt><dd>${groups.length === 0 ? 'none' : groups.join(', ')}</dd></dl>
<a class="button" href="/sign-in">Back</a>`,
    html`Ask an admin to give a role to your group or your address.`,
  );
}

function panelPage({ title, viewer }: { readonly title: string; readonly viewer: Viewer }, panel: Html, foot: Html): Html {
  return layout(
    { title, viewer },
    html`<div class="sign-in"><section class="panel">${panel}</section><p class="third small">${foot}</p></div>`,
  );
}
