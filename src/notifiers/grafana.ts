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
    url: HttpAddress.refine((url) => !/[?#]/.test(url.reveal()), 'must end with the path of Grafana: no ? and no #').describe(
      'The address of Grafana, with its path if it has one.',
    ),
    token: printableSecret(SecretText).optional().describe('The token of a service account with the role Editor, or an old API key.'),
    basic: z
      .strictObject({ user: z.string().min(1).describe('The name of the user.'), password: SecretText.describe('The password.') })
      .optional()
      .describe('Name and password of a user, instead of `token`.'),
    org: z.int().positive().optional().describe('With `basic`: the number of the organization. Default: the current one of the user.'),
    dashboard: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,40}$/, 'is not the UID of a dashboard; the UID is in its address, /d/UID/…')
      .optional()
      .describe('The UID of the dashboard to annotate. Default: none; any dashboard can show the annotations by their tags.'),
    panel: z.int().positive().optional().describe('The number of the panel on `dashboard`. Default: all panels.'),
    tags: z
      .array(Tag)
      .refine((tags) => tags.join('').length <= 150, 'have more than 150 characters in all')
      .default([])
      .describe('Tags in addition to `bakewatch`, `deploy` or `rollback`, `deploy_id:`, `service:`, `environment:` and `outcome:`.'),
    ca: z
      .string()
      .includes('-----BEGIN CERTIFICATE-----', 'must be PEM text')
      .optional()
      .describe('The only certificate authorities to trust for this server, as PEM text or `file:PATH`. Default: those of Node.js.'),
    timeout: Duration.prefault('10s').describe('How long to wait for an answer. Default: 10s.'),
  })
  .refine(({ token, basic }) => (token === undefined) !== (basic === undefined), 'needs either token or basic')
  .refine(
    ({ org, basic }) => org === undefined || basic !== undefined,
    'has both org and token: a token already belongs to one organization',
  )
  .refine(({ dashboard, panel }) => panel === undefined || dashboard !== undefined, 'has panel without dashboard');

type GrafanaOptions = z.output<typeof options>;

/** The annotations of a deploy, and when it was rolled back. */
const Memory = z
  .object({ deploy: z.int().nullable(), rollback: z.int().nullable(), rolledBackAt: z.int().nullable() })
  .catch({ deploy: null, rollback: null, rolledBackAt: null });

/** Marks a deploy on the charts of Grafana when it starts, and turns the mark into a region at the verdict. A rollback gets its own mark. */
export const grafana = definePlugin({
  type: 'grafana',
  summary: 'Marks every deploy, its verdict and its rollback as annotations on the charts of Grafana.',
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

/** Changes the annotation, or creates it. An annotation that a person has deleted is created again, because the verdict is new information. */
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

function printableSecret(field: typeof SecretText) {
  return field.refine((text) => /^[!-~]+$/.test(text.reveal()), 'must be one word of printable ASCII');
}
