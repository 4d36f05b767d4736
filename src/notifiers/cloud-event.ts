/** A CloudEvent 1.0 without its data. */
type Attributes = { readonly id: string; readonly source: string; readonly type: string; readonly subject: string; readonly time: string };

/** What is to be posted. */
export type CloudEventMessage = { readonly body: string; readonly headers: Readonly<Record<string, string>> };

/** In structured mode all of the event is in the body, and so under the signature. */
export function structured(attributes: Attributes, data: object): CloudEventMessage {
  const event = { specversion: '1.0', ...attributes, datacontenttype: 'application/json', data };
  return { body: JSON.stringify(event), headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' } };
}

/** In binary mode the attributes are headers, and the body is the data. */
export function binary(attributes: Attributes, data: object): CloudEventMessage {
  const headers = Object.entries({ specversion: '1.0', ...attributes }).map(([name, value]) => [`ce-${name}`, headerText(value)]);
  return { body: JSON.stringify(data), headers: Object.fromEntries(headers) };
}

/** The HTTP binding has all percent-encoded that is not printable ASCII, and the blank, the quote and the percent sign. */
function headerText(text: string): string {
  return text.toWellFormed().replace(/[^!#$&-~]/gu, (character) => encodeURIComponent(character));
}
