import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A port that leads somewhere else, as the address that moves between two machines. */
export type Forwarder = {
  readonly port: number;
  /** Breaks all connections. The next ones lead to where `target` says. */
  move(): void;
  /** From now on nothing gets through, and nobody notices. */
  swallow(): void;
  close(): Promise<void>;
};

/** `target` names a Unix socket; `null`: connections are refused. */
export async function createForwarder(target: () => string | null): Promise<Forwarder> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  };
  const server = createServer((near) => {
    keep(near);
    const path = target();
    if (path === null) return void near.destroy();
    const far = connect(path);
    keep(far);
    near.pipe(far);
    far.pipe(near);
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    // A server that listens on TCP has an AddressInfo, never a pipe's name.
    port: (server.address() as AddressInfo).port,
    move() {
      for (const socket of sockets) socket.destroy();
    },
    swallow() {
      for (const socket of sockets) socket.unpipe().resume();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
