import { z } from 'zod';
import { Duration, SecretText } from '../../core/base/option-schemas.ts';
import { ServerAddress } from '../address.ts';
import { awsKeyOptions, awsKeysFault } from '../aws-keys.ts';
import { Variables } from '../variables.ts';

/** PEM text with certificates. */
export const CertificatesText = z.string().includes('-----BEGIN CERTIFICATE-----', 'must be PEM text: `file:PATH`');

const Oauth2 = z.strictObject({
  token_url: ServerAddress.describe('The address that gives tokens.'),
  client_id: z.string().min(1).describe('The id of the client.'),
  client_secret: SecretText.describe('The secret of the client.'),
  scope: z.string().min(1).optional().describe('The scopes to ask for, with a space between two.'),
  audience: z.string().min(1).optional().describe('The audience of the token, where the server asks for one.'),
  params: z.record(z.string().min(1), z.string()).default({}).describe('Further parameters of the request, such as `resource`.'),
  client_auth: z
    .enum(['header', 'body'])
    .default('header')
    .describe('Where the server wants the secret of the client: in the header `Authorization`, or in the body. Default: header.'),
  ca: CertificatesText.optional().describe('The only certificate authorities to trust for `token_url`, as PEM text: `file:PATH`.'),
});

const Sigv4 = z
  .strictObject({
    region: z
      .string()
      .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is not a region, such as eu-west-1')
      .describe('The region of the service.'),
    service: z
      .string()
      .regex(/^[a-z0-9-]+$/, 'is not the name of a service, such as aps')
      .optional()
      .describe('The name of the service in signatures. Default: `monitoring` for CloudWatch, else `aps`.'),
    ...awsKeyOptions,
  })
  .superRefine((keys, context) => {
    const fault = awsKeysFault(keys);
    if (fault !== null) context.addIssue({ code: 'custom', message: fault });
  });

/** The options of everything that can log in to an HTTP server. Check them with `loginOptionsFault`. */
export const loginOptions = {
  bearer: SecretText.refine((token) => /^[!-~ ]+$/.test(token.reveal()), 'must be one line of printable ASCII')
    .optional()
    .describe('A bearer token. Write `file:PATH` for one that another program replaces: the server reads it again.'),
  basic: z
    .strictObject({ user: z.string().min(1).describe('The user name.'), password: SecretText.describe('The password.') })
    .optional()
    .describe('User name and password.'),
  oauth2: Oauth2.optional().describe('A client of an OAuth2 server: tokens by the grant of client credentials.'),
  token_command: z
    .tuple([z.string().min(1)], z.string())
    .optional()
    .describe('Program and arguments that print a bearer token: alone, as JSON of OAuth2 or `az`, or as an `ExecCredential` of kubectl.'),
  token_env: Variables.optional().describe('Environment variables of `token_command`, in addition to PATH, HOME, LANG and the proxies.'),
  token_timeout: Duration.prefault('30s').describe('How long `token_command` or `oauth2` may take. Default: 30s.'),
  sigv4: Sigv4.optional().describe("Signs each request for AWS, by default with the credentials of AWS' usual chain."),
  client_cert: CertificatesText.optional().describe('The certificate that Bakewatch shows to the server, as PEM text: `file:PATH`.'),
  client_key: SecretText.refine((key) => /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(key.reveal()), 'must be PEM text: `file:PATH`')
    .optional()
    .describe('The key of `client_cert`, as PEM text: `file:PATH`.'),
  ca: CertificatesText.optional().describe(
    'The only certificate authorities to trust for this server, as PEM text: `file:PATH`. Default: those that Node trusts.',
  ),
};

const LoginOptions = z.object(loginOptions);

/** The parsed options of a login. */
export type LoginOptions = z.output<typeof LoginOptions>;

const ways = ['bearer', 'basic', 'oauth2', 'token_command', 'sigv4'] as const;

/** Returns what is wrong with a combination of options, or `null`. */
export function loginOptionsFault(options: LoginOptions): string | null {
  const given = ways.filter((way) => options[way] !== undefined);
  if (given.length > 1) return `has ${given.length === 2 ? 'both ' : ''}${given.join(' and ')}: give one of them`;
  if ((options.client_cert === undefined) !== (options.client_key === undefined))
    return 'has one of client_cert and client_key: give both or neither';
  if (options.token_env !== undefined && options.token_command === undefined) return 'has token_env without token_command';
  return null;
}
