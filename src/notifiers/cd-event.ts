import type { Topic } from '../core/bake/effect.ts';
import { webAddress } from '../core/base/web-address.ts';
import type { Notice } from '../ports/notifier.ts';
import { noticeBody } from './notice-body.ts';

/** The release of the CDEvents specification that the events below keep to; a newer one may have newer versions of the types. */
const specversion = '0.5.1';
const types = {
  deployed: 'dev.cdevents.service.deployed.0.3.0',
  rolledBack: 'dev.cdevents.service.rolledback.0.3.0',
  detected: 'dev.cdevents.incident.detected.0.3.0',
  reported: 'dev.cdevents.incident.reported.0.3.0',
  resolved: 'dev.cdevents.incident.resolved.0.3.0',
} as const;

/**
 * `deployed` belongs to the beginning of a bake: it says what was put where, not that it is well, and whoever counts deploys and failures needs the bad
 * ones too. The other topics have no word among the CDEvents.
 */
const meanings: Readonly<Partial<Record<Topic, keyof typeof types>>> = {
  started: 'deployed',
  approval: 'detected',
  unhealthy: 'detected',
  failed: 'reported',
  rolled_back: 'rolledBack',
  recovered: 'resolved',
};

/** A notice in the vocabulary of CDEvents, with all of the notice in `customData`; `null` for a topic that it has no word for. */
export function cdEventOf(notice: Notice, source: string) {
  const meaning = meanings[notice.topic];
  if (meaning === undefined) return null;
  const { id, at } = notice;
  const isService = meaning === 'deployed' || meaning === 'rolledBack';
  const told = isService ? serviceOf(notice, meaning) : incidentOf(notice, meaning);
  return {
    context: { specversion, id, source, type: types[told.meaning], timestamp: new Date(at).toISOString() },
    subject: told.subject,
    customData: noticeBody(notice),
    customDataContentType: 'application/json',
  };
}

function serviceOf({ service, environment, version, target }: Notice, meaning: 'deployed' | 'rolledBack') {
  const artifactId = purl(service, meaning === 'rolledBack' && target !== null ? target : version);
  return { meaning, subject: { id: service, content: { environment: { id: environment }, artifactId } } };
}

/** One incident a deploy. `reported` is for incidents with a place where people work on them: without a page of the deploy it is only `detected`. */
function incidentOf(notice: Notice, wanted: 'detected' | 'reported' | 'resolved') {
  const { deployId, service, environment, version, title, url } = notice;
  const content = {
    description: title.toWellFormed(),
    environment: { id: environment },
    service: { id: service },
    artifactId: purl(service, version),
  };
  const ticketURI = webAddress(url, 2_000);
  if (wanted !== 'reported') return { meaning: wanted, subject: { id: deployId, content } };
  if (ticketURI === null) return { meaning: 'detected' as const, subject: { id: deployId, content } };
  return { meaning: wanted, subject: { id: deployId, content: { ...content, ticketURI } } };
}

/** A package URL. Its type is `generic`: of the release to go back to no more is known than its version, and both must be named alike. */
function purl(service: string, version: string): string {
  const encoded = (text: string) => encodeURIComponent(text.toWellFormed());
  return `pkg:generic/${encoded(service)}@${encoded(version)}`;
}
