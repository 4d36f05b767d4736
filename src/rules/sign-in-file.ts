import { z } from 'zod';
import { duration, RuleName } from '../core/rules/written-values.ts';

/** `sign_in.oidc` of the config. */
export const OidcSection = z.strictObject({
  issuer: z
    .url({ protocol: /^https?$/, error: 'must be the URL of the issuer, such as https://login.example.com/realms/acme' })
    .describe('The address of the identity provider, exactly as its tokens name it (`iss`). It must be https, except on this machine.'),
  client_id: z.string().min(1).max(1000).describe('The id of this server at the provider.'),
  client_secret: z
    .string()
    .min(1)
    .max(1000)
    .optional()
    .describe(
      'The secret of this server at the provider. Leave it out for a public client. Write `$' +
        '{NAME}` to take it from the environment, or `file:PATH` to take it from a file.',
    ),
  label: z.string().min(1).max(60).optional().describe('What people call the provider, for the button. Default: its host.'),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be one scope, without blanks'))
    .min(1)
    .default(['openid', 'profile', 'email'])
    .describe('What is asked of the provider. `openid` is always asked. Add the scope that gives groups. Default: openid, profile, email.'),
  groups_claim: z
    .string()
    .min(1)
    .max(200)
    .default('groups')
    .describe(
      'The claim with the groups of a person: its name, or the path to it with dots, such as realm_access.roles. It is looked for in the ID token, then in the user info. Default: groups.',
    ),
  trust_email: z
    .boolean()
    .default(false)
    .describe(
      'Whether an address counts although the provider does not say that it is verified. Switch it on only where nobody can choose their own address there. Default: false.',
    ),
  ca: z
    .string()
    .min(1)
    .optional()
    .describe('The certificate authorities of the provider as PEM text, instead of those of the system: `file:PATH`.'),
});

/** One entry of `sign_in.roles` of the config. */
export const RoleSection = z.strictObject({
  group: z.string().min(1).max(1000).optional().describe('For the members of this group.'),
  email: z
    .string()
    .max(320)
    .regex(/^(\*|[^\s@*]+)@[^\s@*]+$/, 'must be an address, or *@ and a domain')
    .optional()
    .describe('For the person with this verified address, or with `*@example.com` for everyone of a domain.'),
  subject: z.string().min(1).max(1000).optional().describe('For the person whom the provider calls this (`sub`).'),
  everyone: z.literal(true).optional().describe('`true`: for everyone who can sign in at the provider.'),
  role: z
    .enum(['viewer', 'deployer', 'operator', 'admin'])
    .describe(
      '`viewer` may read; `deployer` may register, too; `operator` may also cancel, roll back, approve and freeze; `admin` may do everything, and see sessions and end them.',
    ),
  services: z.array(RuleName).min(1).optional().describe('Only for these services. Default: all.'),
  environments: z.array(RuleName).min(1).optional().describe('Only for these environments. Default: all.'),
});

/** `sign_in.session` of the config. */
export const SessionSection = z.strictObject({
  idle: duration({ min: '5m', max: '30d' }).default(43_200_000).describe('A session that is not used for this long ends. Default: 12h.'),
  max: duration({ min: '5m', max: '90d' })
    .default(604_800_000)
    .describe('After this time a person must sign in again, so that new groups count. Default: 7d.'),
});

/** The section `sign_in` of the config. */
export const SignInSection = z.strictObject({
  oidc: OidcSection.optional().describe(
    'The identity provider (OpenID Connect). Default: none; people sign in by `bakewatch admin-link`, or with a token.',
  ),
  roles: z
    .array(RoleSection)
    .max(1000)
    .optional()
    .describe('Who may do what. The roles of a person add up. Default: nobody may do anything.'),
  session: SessionSection.prefault({}).describe('How long people stay signed in.'),
  deploy_pages: z
    .enum(['signed_in', 'by_link'])
    .default('signed_in')
    .describe(
      'Who may open the page of a deploy: people who have signed in and may read its service, or also everyone who has the link. Default: signed_in.',
    ),
});
