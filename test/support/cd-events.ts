import { z } from 'zod';

/** The rules of CDEvents 0.5.1 for the events that we send: the required fields, their types, and no other fields. */
const text = z.string().min(1);
const reference = text.regex(/^[^\s<>"{}|\\^`]+$/);
const place = z.strictObject({ id: text, source: reference.optional() });
const purl = z.string().regex(/^pkg:[a-z][a-z0-9.+-]*\/(?:[^\s@/?#]+\/)*[^\s@/?#]+(?:@[^\s@/?#]+)?$/);

const service = z.strictObject({ environment: place, artifactId: purl });
const incident = z.strictObject({
  description: z.string().optional(),
  environment: place,
  service: place.optional(),
  artifactId: purl.optional(),
});

const contents = {
  'dev.cdevents.service.deployed.0.3.0': service,
  'dev.cdevents.service.rolledback.0.3.0': service,
  'dev.cdevents.incident.detected.0.3.0': incident,
  'dev.cdevents.incident.reported.0.3.0': incident.extend({ ticketURI: z.url() }),
  'dev.cdevents.incident.resolved.0.3.0': incident,
};

const events = Object.entries(contents).map(([type, content]) =>
  z.strictObject({
    context: z.strictObject({
      specversion: z.literal('0.5.1'),
      id: text,
      source: reference,
      type: z.literal(type),
      timestamp: z.iso.datetime({ precision: 3 }),
    }),
    subject: z.strictObject({ id: text, source: reference.optional(), content }),
    customData: z.record(z.string(), z.unknown()).optional(),
    customDataContentType: z.string().optional(),
  }),
);

export type CdEvent = z.output<(typeof events)[number]>;

/** The problems of an event; empty if it is valid. */
export function complaintsAbout(event: object): readonly string[] {
  const results = events.map((one) => one.safeParse(event));
  if (results.some(({ success }) => success)) return [];
  const told = results.map(({ error }) => error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? []);
  return told.toSorted((a, b) => a.length - b.length)[0] ?? [];
}
