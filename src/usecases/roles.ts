import type { SignedInPerson } from '../ports/session-store.ts';
import type { Grant, TokenVerb } from './caller.ts';

/** A role, and who has it. Empty lists of services or environments mean all. An address may be `*@` and a domain. */
export type RoleAssignment = {
  readonly holder: { readonly kind: 'group' | 'email' | 'subject' | 'everyone'; readonly value: string };
  readonly role: 'viewer' | 'deployer' | 'operator' | 'admin';
  readonly services: readonly string[];
  readonly environments: readonly string[];
};

const verbs: Readonly<Record<RoleAssignment['role'], readonly TokenVerb[]>> = {
  viewer: ['read'],
  deployer: ['read', 'register'],
  operator: ['read', 'register', 'operate'],
  admin: ['read', 'register', 'operate', 'alert', 'admin'],
};

/** An admin everywhere. */
export const adminGrant: Grant = { verbs: verbs.admin, services: [], environments: [] };

/** What a person of the identity provider may do: the sum of all roles. */
export function grantsOf(roles: readonly RoleAssignment[], person: SignedInPerson): readonly Grant[] {
  return roles
    .filter(({ holder }) => isHeldBy(holder, person))
    .map(({ role, services, environments }) => ({ verbs: verbs[role], services, environments }));
}

function isHeldBy({ kind, value }: RoleAssignment['holder'], { subject, email, groups }: SignedInPerson): boolean {
  switch (kind) {
    case 'everyone':
      return true;
    case 'group':
      return groups.includes(value);
    case 'subject':
      return subject === value;
    case 'email':
      return email !== null && isAddress(email.toLowerCase(), value.toLowerCase());
  }
}

function isAddress(email: string, wanted: string): boolean {
  return wanted.startsWith('*@') ? email.slice(email.lastIndexOf('@')) === wanted.slice(1) : email === wanted;
}
