import type { Topic } from '../core/bake/effect.ts';
import { webAddress } from '../core/base/web-address.ts';
import type { Notice } from '../ports/notifier.ts';
import { noticeBody } from './notice-body.ts';

/** The version of the CDEvents specification. A newer one may need newer versions of the types below. */
const specversion = '0.5.1';
const types = {
  deployed: 'dev.cdevents.service.deployed.0.3.0',
  rolledBack: 'dev.cdevents.service.rolledback.0.3.0',
  detected: 'dev.cdevents.incident.detected.0.3.0',
  reported: 'dev.cdevents.incident.reported.0.3.0',
  resolved: 'dev.cdevents.incident.resolved.0.3.0',
} as const;

/**
 * The start of a bake is `deployed`: that event says what was deployed, not that it is healthy, and counts of deploys and failures need bad deploys, too.
 * CDEvents has no type for the other topics.
 */
const meanings: Readonly<Partial<Record<Topic, keyof typeof types>>> = {
  started: 'deployed',
  approval: 'detected',
  unhealthy: 'detected',
  failed: 'reported',
  rolled_back: 'rolledBack',
  recovered: 'resolved',
};

/** A notice as a CDEvent, with the whole notice in `customData`; `null` if CDEvents has no type for the topic. */
export function cdEventOf(notice: Notice, source: string) {
  const meaning = meanings[notice.topic];
  if (meaning === undefined) return null;
  const { id, at } = notice;
  const isService = meaning === 'deployed' || meaning === 'rolledBack';
  const event = isService ? serviceOf(notice, meaning) : incidentOf(notice, meaning);
  return {
    context: { specversion, id, source, type: types[event.meaning], timestamp: new Date(at).toISOString() },
    subject: event.subject,
    customData: noticeBody(notice),
    customDataContentType: 'application/json',
  };
}

function serviceOf({ service, environment, version, target }: Notice, meaning: 'deployed' | 'rolledBack') {
  const artifactId = purl(service, meaning === 'rolledBack' && target !== null ? target : version);
  return { meaning, subject: { id: service, content: { environment: { id: environment }, artifactId } } };
}

/** One incident per deploy. `reported` needs an address where people work on the incident; without a page of the deploy it becomes `detected`. */
function incidentOf(notice: Notice, meaning: 'detected' | 'reported' | 'resolved') {
  const { deployId, service, environment, version, title, url } = notice;
  const content = {
    description: title.toWellFormed(),
    environment: { id: environment },
    service: { id: service },
    artifactId: purl(service, version),
  };
  const ticketURI = webAddress(url, 2_000);
  if (meaning !== 'reported') return { meaning, subject: { id: deployId, content } };
  if (ticketURI === null) return { meaning: 'detected' as const, subject: { id: deployId, content } };
  return { meaning, subject: { id: deployId, content: { ...content, ticketURI } } };
}

/** A package URL. Its type is `generic`, because only the version of a rollback's target is known, and both releases need the same type. */
function purl(service: string, version: string): string {
  const encoded = (text: string) => encodeURIComponent(text.toWellFormed());
  return `pkg:generic/${encoded(service)}@${encoded(version)}`;
}
