import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { openApiText } from '../../script/openapi.ts';
import { closeAnswers } from './closed-schemas.ts';

type Content = Readonly<Record<string, { readonly schema?: AnySchema }>>;
type Operation = {
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly object[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
};
export type OpenApiDocument = {
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly webhooks: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, AnySchema>> };
};

type Fetch = (request: Request, ...rest: never[]) => Response | Promise<Response>;
type Server = { fetch: Fetch };
type Problems = (value: unknown) => string | null;

let document: OpenApiDocument | null = null;
let ajv: Ajv2020 | null = null;
const compiled = new Map<string, Problems>();

/** Makes a server check each of its answers against the OpenAPI document: an answer that the document does not describe fails the test. */
export function keepContract<S extends Server>(server: S): S {
  const fetch = server.fetch;
  server.fetch = async (request: Request, ...rest) => {
    const sent = await sentJson(request);
    const answer = await fetch(request, ...rest);
    await expectDescribed(await openApiDocument(), { request, sent }, answer);
    return answer;
  };
  return server;
}

/** The document that every server serves. */
async function openApiDocument(): Promise<OpenApiDocument> {
  document ??= JSON.parse(await openApiText());
  if (document === null) throw new Error('the server serves no document');
  return document;
}

/** What is wrong with a value, by the schema at a JSON pointer of the document; `null`: nothing. */
export function problemsBy(document: OpenApiDocument, pointer: string): Problems {
  const known = compiled.get(pointer);
  if (known !== undefined) return known;
  ajv ??= ajvFor(document);
  const validate = ajv.compile({ $ref: `openapi.json#${pointer}` });
  const problems: Problems = (value) =>
    validate(value) ? null : (ajv?.errorsText(validate.errors, { separator: '\n' }) ?? 'is not valid');
  compiled.set(pointer, problems);
  return problems;
}

function ajvFor(document: OpenApiDocument): Ajv2020 {
  const created = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
  addFormats.default(created);
  // A field that the document does not name must fail as well.
  created.addSchema(closeAnswers(document), 'openapi.json');
  return created;
}

async function expectDescribed(
  document: OpenApiDocument,
  { request, sent }: { readonly request: Request; readonly sent: unknown },
  answer: Response,
): Promise<void> {
  const { pathname } = new URL(request.url);
  const type = (answer.headers.get('content-type') ?? '').split(';')[0] ?? '';
  const place = `${request.method} ${pathname} answered ${answer.status} ${type}`;
  const text = type.endsWith('json') ? await answer.clone().text() : null;
  const method = request.method === 'HEAD' ? 'get' : request.method.toLowerCase();
  const path = pathOf(document, pathname);
  const operation = path === null ? undefined : document.paths[path]?.[method];
  if (path === null || operation === undefined) {
    if (type === 'application/problem+json' && text !== null)
      refuse(place, problemsBy(document, '/components/schemas/Problem')(JSON.parse(text)));
    else if (pathname.startsWith('/v1/')) refuse(place, 'it is not in the document');
    return;
  }
  const response = operation.responses[answer.status];
  if (response === undefined) return refuse(place, `the document lists only ${Object.keys(operation.responses)} there`);
  const content = response.content ?? {};
  if (type !== '' && content[type] === undefined) return refuse(place, `the document lists only the types ${Object.keys(content)} there`);
  const base = `/paths/${encode(path)}/${method}`;
  if (text !== null)
    refuse(place, problemsBy(document, `${base}/responses/${answer.status}/content/${encode(type)}/schema`)(JSON.parse(text)));
  if (answer.ok && sent !== undefined && operation.requestBody?.content['application/json'] !== undefined)
    refuse(
      `${place} to a body that it should not take`,
      problemsBy(document, `${base}/requestBody/content/${encode('application/json')}/schema`)(sent),
    );
}

function refuse(place: string, problem: string | null): void {
  if (problem !== null) throw new Error(`${place}: ${problem}`);
}

function encode(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
}

/** The path of the document that describes an address; a literal path wins over one with parameters. */
function pathOf(document: OpenApiDocument, pathname: string): string | null {
  const paths = Object.keys(document.paths).sort((a, b) => a.split('{').length - b.split('{').length);
  return paths.find((path) => new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(pathname)) ?? null;
}

async function sentJson(request: Request): Promise<unknown> {
  if (!/json/.test(request.headers.get('content-type') ?? '') || request.body === null) return undefined;
  try {
    return JSON.parse(await request.clone().text());
  } catch {
    return undefined;
  }
}
