import type { Notice } from '../ports/notifier.ts';

/** New Relic may refuse longer fields. */
const maxFieldLength = 4_000;

/**
 * A notice as a call of change tracking: the start of a bake as a deployment, which gives the charts their marker, and later notices as events of the same
 * group. Texts are sent as variables. The attributes are part of the query, quoted like JSON, as the docs of New Relic show them (its own client sends
 * them as a variable, but users report that this is refused).
 */
export function changeOf(notice: Notice, entity: string) {
  const { topic, service, environment, version, deployId, at } = notice;
  const isStart = topic === 'started';
  const kind = isStart ? 'category: "Deployment", type: "Basic"' : 'category: "Operational", type: "Other"';
  const fields = isStart ? ', categoryFields: { deployment: { version: $version, deepLink: $link } }' : '';
  const attributes = Object.entries({ bakewatchTopic: topic, bakewatchVersion: version, bakewatchEnvironment: environment })
    .map(([name, value]) => `${name}: ${JSON.stringify(value.toWellFormed())}`)
    .join(', ');
  return {
    query: `mutation(${isStart ? '$version: String!, $link: String, ' : ''}$search: String!, $title: String, $description: String, $group: String) { \
changeTrackingCreateEvent(changeTrackingEvent: { categoryAndTypeData: { kind: { ${kind} }${fields} }, entitySearch: { query: $search }, \
shortDescription: $title, description: $description, groupId: $group, user: "bakewatch", timestamp: ${at}, customAttributes: { ${attributes} } }) \
{ changeTrackingEvent { changeTrackingId } messages } }`,
    variables: {
      ...(isStart && { version: truncate(version), link: notice.url }),
      search: searchFor(entity, { service, environment }),
      title: truncate(notice.title),
      description: truncate([...notice.reasons, ...notice.details, ...(notice.url === null ? [] : [notice.url])].join('\n')),
      group: deployId,
    },
  };
}

/** Names hold no quotes. The escapes are a second line of defense: a quote could not end the string that holds it. */
function searchFor(entity: string, names: Readonly<Record<string, string>>): string {
  return entity.replace(/\{(service|environment)\}/g, (_, name: string) => (names[name] ?? '').replace(/[\\'"]/g, '\\$&'));
}

function truncate(text: string): string {
  return text.length > maxFieldLength ? `${text.slice(0, maxFieldLength - 1)}…` : text;
}
