/** A CloudEvent 1.0 without its data. */
type Attributes = { readonly id: string; readonly source: string; readonly type: string; readonly subject: string; readonly time: string };

/** The body and the headers of the request. */
export type CloudEventMessage = { readonly body: string; readonly headers: Readonly<Record<string, string>> };

/** Structured mode: the body holds the whole event, so the signature covers all of it. */
export function structured(attributes: Attributes, data: object): CloudEventMessage {
  const event = { specversion: '1.0', ...attributes, datacontenttype: 'application/json', data };
  return { body: JSON.stringify(event), headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' } };
}

/** Binary mode: the attributes are headers, and the body holds the data. */
export function binary(attributes: Attributes, data: object): CloudEventMessage {
  const headers = Object.entries({ specversion: '1.0', ...attributes }).map(([name, value]) => [`ce-${name}`, headerText(value)]);
  return { body: JSON.stringify(data), headers: Object.fromEntries(headers) };
}

/** The HTTP binding percent-encodes everything that is not printable ASCII, and also spaces, double quotes and percent signs. */
function headerText(text: string): string {
  return text.toWellFormed().replace(/[^!#$&-~]/gu, (character) => encodeURIComponent(character));
}
