import { didYouMean } from '../core/base/did-you-mean.ts';
import { AppError } from '../core/base/errors.ts';
import { answerOf, type Client, type DeployAnswer } from './client.ts';
import { type Io, note } from './io.ts';

/** How a person names a deploy: by its id, or by its place, whose newest deploy is meant. */
export type DeployChoice = { readonly service?: string | undefined; readonly environment?: string | undefined };

const defaultEnvironment = 'production';

/** The id of the deploy that a command is about. Says on standard error which one a place means. Throws `AppError`. */
export async function chosenId(client: Client, io: Io, id: string | undefined, { service, environment }: DeployChoice): Promise<string> {
  if (id !== undefined && service === undefined && environment === undefined) return id;
  if (id !== undefined) throw new AppError('invalid', 'name the deploy by its id, or by --service and --environment, not by both');
  if (service === undefined)
    throw new AppError('invalid', 'name the deploy: its id, or --service (and --environment; default: production)');
  const place = { service, environment: environment ?? defaultEnvironment };
  const newest = await newestOf(client, place);
  note(io, `the newest deploy of ${service} in ${place.environment}: ${newest.release.version} (${newest.id}), ${newest.state}`);
  return newest.id;
}

type DeployPlace = { readonly service: string; readonly environment: string };

async function newestOf(client: Client, place: DeployPlace): Promise<DeployAnswer> {
  const { deploys } = await answerOf(client.GET('/v1/deploys', { params: { query: { ...place, limit: 1 } } }));
  const [newest] = deploys;
  if (newest !== undefined) return newest;
  await assertKnown(client, place);
  throw new AppError('not_found', `there is no deploy of ${place.service} in ${place.environment}`);
}

/**
 * Throws `AppError('invalid')` with a hint where no deploy of this service, or in this environment, was ever registered: most likely a typo. Where the token may
 * not list services, nothing is known.
 */
export async function assertKnown(client: Client, { service, environment }: DeployChoice): Promise<void> {
  const places = await knownPlaces(client);
  if (places === null) return;
  const services = [...new Set(places.map((place) => place.service))];
  if (service !== undefined && !services.includes(service))
    throw new AppError('invalid', `no service is named ${JSON.stringify(service)} (${didYouMean(service, services)})`);
  const environments = [
    ...new Set(places.filter((place) => (service ?? place.service) === place.service).map((place) => place.environment)),
  ];
  if (environment !== undefined && !environments.includes(environment)) {
    const what = service === undefined ? 'nothing was ever deployed' : `${service} was never deployed`;
    throw new AppError('invalid', `${what} in ${JSON.stringify(environment)} (${didYouMean(environment, environments)})`);
  }
}

async function knownPlaces(client: Client): Promise<readonly DeployPlace[] | null> {
  try {
    return (await answerOf(client.GET('/v1/services'))).services;
  } catch (error) {
    if (error instanceof AppError && (error.code === 'forbidden' || error.code === 'unauthorized')) return null;
    throw error;
  }
}
