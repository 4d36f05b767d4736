import { z } from 'zod';
import type { Json } from '../core/base/json.ts';
import { Duration, SecretText } from '../core/base/option-schemas.ts';
import { Secret } from '../core/base/secret.ts';
import { HttpAddress } from '../net/address.ts';
import type { Notice, Notifier } from '../ports/notifier.ts';
import { definePlugin } from '../ports/plugin.ts';
import type { NotifierDeps } from './deps.ts';
import { createGrafanaApi, type GrafanaAccess, type GrafanaApi } from './grafana-api.ts';
import { type Mark, markOf, ownKeys, tagsToFind } from './grafana-mark.ts';

const Tag = z
  .string()
  .regex(/^[^\s:,"\\]+(:[^:,"\\]*[^\s:,"\\])?$/, 'is not a tag: write a word, or key:value')
  .refine((tag) => !ownKeys.includes(tag.split(':')[0] ?? ''), `is a tag that Bakewatch sets itself, as ${ownKeys.join(', ')} are`);

const options = z
  .strictObject({
    url: HttpAddress.refine(
      (url) => !/[?#]/.test(url.reveal()),
      'must end with the path at which Grafana is served: nothing after ? or #',
    ).describe('The address of Grafana, with the path at which it is served.'),
    token: oneLine(SecretText).optional().describe('The token of a service account with the role Editor, or an old API key.'),
    basic: z
      .strictObject({ user: z.string().min(1).describe('The name of the user.'), password: SecretText.describe('The password.') })
      .optional()
      .describe('Name and password of a user, instead of `token`.'),
    org: z.int().positive().optional().describe('The number of the organization, with `basic`. Default: the current one of the user.'),
    dashboard: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,40}$/, 'is not the UID of a dashboard: it stands in its address, /d/UID/…')
      .optional()
      .describe('The UID of the dashboard to annotate. Default: the annotations belong to no dashboard; any shows them by their tags.'),
    panel: z.int().positive().optional().describe('The number of the panel on `dashboard`. Default: all of them.'),
    tags: z
      .array(Tag)
      .refine((tags) => tags.join('').length <= 150, 'are more than 150 characters together')
      .default([])
      .describe('Tags to set beside `bakewatch`, `deploy` or `rollback`, `deploy_id:`, `service:`, `environment:` and `outcome:`.'),
    ca: z
      .string()
      .includes('-----BEGIN CERTIFICATE-----', 'must be PEM text')
      .optional()
      .describe('The authorities to trust for this server, and no others, as PEM text: `file:PATH`. Default: those that Node trusts.'),
    timeout: Duration.prefault('10s').describe('How long to wait for an answer. Default: 10s.'),
  })
  .refine(({ token, basic }) => (token === undefined) !== (basic === undefined), 'needs either token or basic')
  .refine(({ org, basic }) => org === undefined || basic !== undefined, 'has org with a token, which belongs to one organization already')
  .refine(({ dashboard, panel }) => panel === undefined || dashboard !== undefined, 'has panel without the dashboard that it is on');

type GrafanaOptions = z.output<typeof options>;

/** Which annotations a deploy has, and when it was rolled back. */
const Memory = z
  .object({ deploy: z.int().nullable(), rollback: z.int().nullable(), rolledBackAt: z.int().nullable() })
  .catch({ deploy: null, rollback: null, rolledBackAt: null });

/** Marks a deploy on Grafana's charts when it begins, and makes a region of the mark once there is a verdict; a rollback gets a mark of its own. */
export const grafana = definePlugin({
  type: 'grafana',
  summary: "Marks every deploy, its verdict, and its rollback, as annotations on Grafana's charts.",
  options,
  example: { url: 'https://grafana.example.com', token: 'a-token-of-a-service-account', tags: ['team:shop'] },
  create: (parsed: GrafanaOptions, { http }: NotifierDeps): Notifier => ({
    async notify(notice, { memory, isRepeat, signal }): Promise<Json> {
      const known = Memory.parse(memory);
      const mark = markOf(notice, known.rolledBackAt, parsed.tags);
      if (mark === null) return memory;
      const api = createGrafanaApi(accessOf(parsed), http, signal);
      const id = await annotate(api, { mark, notice, known: known[mark.kind], isRepeat });
      return { ...known, [mark.kind]: id, ...(mark.kind === 'rollback' && { rolledBackAt: mark.from }) };
    },
  }),
});

type AnnotationRequest = { readonly mark: Mark; readonly notice: Notice; readonly known: number | null; readonly isRepeat: boolean };

/** Changes the annotation that is there, or makes one. One that a person has deleted is made anew: what became of a deploy is news. */
async function annotate(api: GrafanaApi, { mark, notice, known, isRepeat }: AnnotationRequest): Promise<number> {
  if (known !== null && (await api.change(known, mark))) return known;
  const found = isRepeat ? await api.find(tagsToFind(notice, mark.kind), { from: mark.from, to: mark.until ?? mark.from }) : null;
  if (found !== null && (await api.change(found, mark))) return found;
  return await api.create(mark, notice.id);
}

function accessOf({ url, token, basic, org, dashboard, panel, ca, timeout }: GrafanaOptions): GrafanaAccess {
  const pair = basic && Buffer.from(`${basic.user}:${basic.password.reveal()}`).toString('base64');
  const authorization = token ? `Bearer ${token.reveal()}` : `Basic ${pair}`;
  const headers = { authorization: new Secret(authorization), ...(org !== undefined && { 'x-grafana-org-id': new Secret(String(org)) }) };
  return { url, headers, timeoutMs: timeout, ca, dashboard, panel };
}

function oneLine(field: typeof SecretText) {
  return field.refine((text) => /^[!-~]+$/.test(text.reveal()), 'must be one word of printable ASCII');
}
