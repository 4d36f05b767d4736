import { Readable } from 'node:stream';
import type { Connection, Submittable } from 'pg';
import { AppError } from '../core/base/errors.ts';
import { pg } from './drizzle.ts';
import type { Endpoint } from './endpoint.ts';

/** One tar archive with all files of the cluster, and the write-ahead log that makes them consistent. */
const command = "BASE_BACKUP (LABEL 'bakewatch backup', CHECKPOINT 'fast', WAL true, MANIFEST 'no', TARGET 'client')";

/** The kinds of messages in the stream: the first byte says which one it is. */
const [dataKind, archiveKind] = [0x64, 0x6e];

/**
 * Streams a base backup of a running PostgreSQL as a tar archive: the command of `pg_basebackup`, which the embedded binaries do not contain. The server
 * goes on working meanwhile. Errors of PostgreSQL end the stream.
 */
export async function openBaseBackup(endpoint: Endpoint): Promise<Readable> {
  const { host, port, user, password, database, tls } = endpoint;
  // The driver knows this parameter of the connection; its types do not.
  const options = {
    host,
    port,
    user,
    password: () => password,
    database,
    ssl: tls,
    replication: 'true',
    application_name: 'bakewatch backup',
  };
  const client = new pg.Client(options);
  client.on('error', () => {});
  await client.connect();
  return streamOf(
    (query) => client.query(query),
    () => void client.end().catch(() => {}),
  );
}

/** What the driver calls while the answer of a query arrives. Its types name only `submit`. */
type CopyQuery = Submittable & {
  handleCopyData(message: { readonly chunk: Buffer }, connection: Connection): void;
  handleError(error: Error): void;
  handleReadyForQuery(): void;
  handleRowDescription(): void;
  handleDataRow(): void;
  handleCommandComplete(): void;
};

function streamOf(send: (query: CopyQuery) => unknown, end: () => void): Readable {
  let socket: Connection['stream'] | null = null;
  let archives = 0;
  const stream = new Readable({
    // A slow disk slows the server's sending, instead of filling the memory.
    read: () => void socket?.resume(),
    destroy: (error, done) => {
      if (error === null) end();
      else socket?.destroy();
      done(error);
    },
  });
  const take = (chunk: Buffer) => {
    if (chunk[0] === archiveKind) archives += 1;
    if (archives > 1) stream.destroy(new AppError('invalid', 'the database has tablespaces, which a backup does not contain'));
    // A copy: the driver uses its buffer again.
    else if (chunk[0] === dataKind && !stream.push(Buffer.from(chunk.subarray(1)))) socket?.pause();
  };
  const ignore = () => {};
  send({
    submit(connection) {
      socket = connection.stream;
      connection.query(command);
    },
    handleCopyData: ({ chunk }) => take(chunk),
    handleError: (error) => void stream.destroy(error),
    handleReadyForQuery: () => {
      if (!stream.destroyed) stream.push(null);
    },
    handleRowDescription: ignore,
    handleDataRow: ignore,
    handleCommandComplete: ignore,
  });
  return stream;
}
