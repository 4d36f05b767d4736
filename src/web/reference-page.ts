import { type Html, html } from './html.ts';
import { layout } from './layout.ts';
import type { ReferenceDocument, ReferenceOperation, ReferenceSchema } from './reference-document.ts';
import { fieldsOf, type NamedSchemas, type ReferenceRow, refName, typeWords } from './reference-fields.ts';
import type { Viewer } from './viewer.ts';

type ReferenceEndpoint = { readonly method: string; readonly path: string; readonly operation: ReferenceOperation };

/** The reference of the API, out of its OpenAPI document. It needs no script. */
export function referencePage(body: Html, viewer: Viewer): Html {
  return layout({ title: 'HTTP API', viewer }, body);
}

/** The part of the page that is the same for everyone. */
export function referenceBody(document: ReferenceDocument): Html {
  const { info, tags, components, paths, webhooks } = document;
  const { schemas } = components;
  const endpoints = [...endpointsIn(paths), ...endpointsIn(webhooks)];
  const groups = tags.map((tag) => ({ ...tag, endpoints: endpoints.filter(({ operation }) => operation.tags.includes(tag.name)) }));
  const named = Object.entries(schemas).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return html`<div class="reference"><h1>HTTP API</h1>
<p class="second">${info.description} Send a token in <code>Authorization: Bearer …</code>. Bodies are JSON in UTF-8.</p>
<p class="second"><a href="/openapi.json">OpenAPI document</a> for generators of clients and other tools</p>
<nav class="panel reference-list" aria-label="Operations">${groups.map(
    (group) =>
      html`<div><h2><a href="#${group.name}">${group.name}</a></h2><ul>${group.endpoints.map(({ method, path, operation }) => html`<li><a href="#${operation.operationId}">${methodTag(method)}<code>${path}</code></a></li>`)}</ul></div>`,
  )}<div><h2><a href="#schemas">Schemas</a></h2></div></nav>
${groups.map((group) => html`<section aria-labelledby="${group.name}"><h2 id="${group.name}">${group.name} <small>${group.description}</small></h2>${group.endpoints.map((endpoint) => endpointPart(endpoint, schemas))}</section>`)}
<section aria-labelledby="schemas"><h2 id="schemas">Schemas <small>Bodies and answers that several operations have</small></h2><div class="panel flush">${named.map(([name, schema]) => schemaPart(name, schema, schemas))}</div></section></div>`;
}

function endpointsIn(paths: ReferenceDocument['paths']): readonly ReferenceEndpoint[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

function methodTag(method: string): Html {
  return html`<span class="method ${method === 'GET' ? 'idle' : method === 'DELETE' ? 'bad' : 'accent'}">${method}</span>`;
}

function endpointPart({ method, path, operation }: ReferenceEndpoint, schemas: NamedSchemas): Html {
  const { operationId, summary, description, security, parameters, requestBody, responses } = operation;
  const fields = parameters.map(
    (one): ReferenceRow => ({
      path: one.name,
      type: `${one.in}, ${typeWords(one.schema ?? {})}`,
      isRequired: one.required,
      about: one.description ?? one.schema?.description ?? '',
      refs: [],
    }),
  );
  const isWebhook = !path.startsWith('/');
  const open = security.length === 0 && !isWebhook ? html` <span class="tag">no token</span>` : '';
  return html`<article class="panel endpoint"><h3 id="${operationId}">${methodTag(method)}<code>${path}</code>${open}</h3>
<p>${prose(summary)}</p>${description === undefined ? '' : html`<p class="second">${prose(description)}</p>`}
${fields.length === 0 ? '' : fieldTable('Parameters', fields)}
${Object.entries(requestBody?.content ?? {}).map(([type, { schema = {} }]) => contentPart('Body', { type, schema, schemas }))}
<details><summary>Answers: ${Object.keys(responses).join(', ')}</summary><ul class="answers">${Object.entries(responses).map(([status, { description: about, content }]) => html`<li><b>${status}</b> ${prose(about)}${Object.entries(content ?? {}).map(([type, { schema = {} }]) => contentPart('', { type, schema, schemas }))}</li>`)}</ul></details></article>`;
}

type ContentInput = { readonly type: string; readonly schema: ReferenceSchema; readonly schemas: NamedSchemas };

function contentPart(title: string, { type, schema, schemas }: ContentInput): Html {
  const name = refName(schema);
  const head = html`${title === '' ? '' : html`<b>${title}</b> `}<span class="third">${type}</span>`;
  if (name !== null) return html`<p class="content">${head} ${schemaLink(name)}</p>`;
  const fields = fieldsOf(schema, schemas);
  return fields.length === 0
    ? html`<p class="content">${head}</p>`
    : html`<p class="content">${head}</p>${fieldTable(title || `Fields of ${type}`, fields)}`;
}

function schemaPart(name: string, schema: ReferenceSchema, schemas: NamedSchemas): Html {
  const fields = fieldsOf(schema, schemas);
  return html`<details class="disclosure" id="schema-${name}"><summary><span>${name}</span><span class="result">${fields.length} fields</span></summary>${schema.description === undefined ? '' : html`<p class="second">${prose(schema.description)}</p>`}${fieldTable(`Fields of ${name}`, fields)}</details>`;
}

function schemaLink(name: string): Html {
  return html`<a href="#schema-${name}">${name}</a>`;
}

function fieldTable(caption: string, fields: readonly ReferenceRow[]): Html {
  return html`<table class="fields"><caption class="hidden-text">${caption}</caption><thead><tr><th scope="col">Name</th><th scope="col">Type</th><th scope="col">What it is</th></tr></thead><tbody>${fields.map(fieldRow)}</tbody></table>`;
}

function fieldRow({ path, type, isRequired, about, refs }: ReferenceRow): Html {
  return html`<tr><th scope="row"><code>${path}</code>${isRequired ? html` <span class="third">required</span>` : ''}</th><td>${type}${[...new Set(refs)].map((name) => html` ${schemaLink(name)}`)}</td><td>${prose(about)}</td></tr>`;
}

/** Text of the document, with what stands between backticks as code. */
function prose(text: string): readonly (Html | string)[] {
  return text.split('`').map((part, i) => (i % 2 === 0 ? part : html`<code>${part}</code>`));
}
