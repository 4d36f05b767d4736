import { Secret } from '../core/base/secret.ts';
import { show } from '../core/rules/written-values.ts';
import type { OidcConfig, RoleConfig, SignInConfig } from './config.ts';
import type { Cursor } from './cursor.ts';
import { OidcSection, RoleSection, SessionSection, SignInSection } from './sign-in-file.ts';

/** Where people reach the server. `isLocal`: it listens on this machine only. */
type ServerAddress = { readonly publicUrl: Cursor; readonly isLocal: boolean };

/** Reads the section `sign_in`. Returns `null` where the section is missing. */
export function readSignIn(cursor: Cursor, { publicUrl, isLocal }: ServerAddress): SignInConfig | null {
  const { shape } = SignInSection;
  if (!cursor.isPresent || !cursor.isMapOf(Object.keys(shape))) return null;
  assertPrivate(publicUrl);
  if (!isLocal && !publicUrl.isPresent) {
    cursor.keyProblem('needs `server.public_url`', 'write the https address at which people reach this server');
  }
  return {
    oidc: readOidc(cursor.at('oidc')),
    roles: readRoles(cursor.at('roles')),
    session: readSession(cursor.at('session')),
    deployPages: cursor.at('deploy_pages').take(shape.deploy_pages) ?? 'signed_in',
  };
}

/** A cookie or a code that is read on its way lets the reader sign in. */
function assertPrivate(address: Cursor): void {
  const { value } = address;
  if (typeof value !== 'string' || isPrivate(value)) return;
  address.problem('must be https where people sign in', 'put a proxy with TLS in front of the server, and write its address');
}

function isPrivate(address: string): boolean {
  const url = URL.parse(address);
  return url === null || url.protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
}

function readOidc(cursor: Cursor): OidcConfig | null {
  const { shape } = OidcSection;
  if (!cursor.isPresent || !cursor.isMapOf(Object.keys(shape))) return null;
  const issuer = cursor.at('issuer').take(shape.issuer) ?? '';
  if (!isPrivate(issuer)) cursor.at('issuer').problem('must be https', 'secrets and codes go to this address');
  const secret = cursor.at('client_secret').take(shape.client_secret);
  const scopes = cursor.at('scopes').take(shape.scopes) ?? [];
  return {
    issuer,
    clientId: cursor.at('client_id').take(shape.client_id) ?? '',
    clientSecret: secret === undefined ? null : new Secret(secret),
    label: cursor.at('label').take(shape.label) ?? URL.parse(issuer)?.host ?? '',
    scopes: [...new Set(['openid', ...scopes])],
    groupsClaim: cursor.at('groups_claim').take(shape.groups_claim) ?? '',
    trustsEmail: cursor.at('trust_email').take(shape.trust_email) ?? false,
    ca: cursor.at('ca').take(shape.ca) ?? null,
  };
}

function readRoles(cursor: Cursor): readonly RoleConfig[] {
  if (!cursor.isPresent) return [];
  if (cursor.tree?.body.kind !== 'list') {
    cursor.problem('must be a list', 'begin each role with a dash');
    return [];
  }
  return cursor.items.flatMap((item) => readRole(item) ?? []);
}

const holders = ['group', 'email', 'subject', 'everyone'] as const;

function readRole(cursor: Cursor): RoleConfig | null {
  const { shape } = RoleSection;
  if (!cursor.isMapOf(Object.keys(shape))) return null;
  const [kind, other] = holders.filter((key) => cursor.at(key).isPresent);
  if (kind === undefined) cursor.problem('says nobody', 'write one of `group`, `email`, `subject`, `everyone`');
  if (other !== undefined) cursor.problem(`has both \`${kind}\` and \`${other}\``, 'write one entry for each');
  const value = kind === undefined ? undefined : cursor.at(kind).take(shape[kind]);
  const role = cursor.at('role').take(shape.role);
  const services = cursor.at('services').take(shape.services) ?? [];
  const environments = cursor.at('environments').take(shape.environments) ?? [];
  if (role === 'admin' && services.length + environments.length > 0) {
    cursor.problem('`admin` holds everywhere', 'leave out `services` and `environments`, or write `operator`');
  }
  return kind === undefined || value === undefined || role === undefined
    ? null
    : { holder: { kind, value: String(value) }, role, services, environments };
}

function readSession(cursor: Cursor): SignInConfig['session'] {
  const { shape } = SessionSection;
  if (cursor.isPresent) cursor.isMapOf(Object.keys(shape));
  const idleMs = cursor.at('idle').take(shape.idle) ?? 0;
  const maxMs = cursor.at('max').take(shape.max) ?? 0;
  if (idleMs > maxMs) {
    const written = cursor.at('idle').isPresent ? cursor.at('idle') : cursor.at('max');
    written.problem(`${show(String(written.value))} does not fit: \`idle\` is longer than \`max\``, 'make `idle` at most `max`');
  }
  return { idleMs, maxMs };
}
