import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FakeProgram } from './fake-program.ts';

/** Fake programs as executable files. */
export type RealPrograms<Name extends string> = {
  readonly paths: Readonly<Record<Name, string>>;
  close(): Promise<void>;
};

/**
 * Makes executable files of fake programs. Each file is a small shell script: it sends its arguments to this process over a loopback connection, prints
 * what comes back, and exits with the code that comes back. That takes a tenth of the time that a start of Node.js takes.
 */
export async function startRealPrograms<Name extends string>(programs: Readonly<Record<Name, FakeProgram>>): Promise<RealPrograms<Name>> {
  const folder = mkdtempSync(join(tmpdir(), 'bakewatch-programs-'));
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A killed program breaks its connection.
    socket.on('error', () => {});
    let received = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      received += chunk;
      const [count, name = '', cwd, ...args] = received.split('\0');
      // The last field ends with a NUL, too, so the split yields one more.
      if (args.length === Number(count) + 1) void answer(socket, programs[name as Name], { args: args.slice(0, -1), cwd });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const file = (name: string) => {
    const path = join(folder, name);
    writeFileSync(path, script(name, address.port), { mode: 0o755 });
    return [name, path] as const;
  };
  return {
    // Object.fromEntries loses the names of the keys.
    paths: Object.fromEntries(Object.keys(programs).map(file)) as Record<Name, string>,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answer(socket: Socket, program: FakeProgram, call: { readonly args: readonly string[]; readonly cwd: string | undefined }) {
  const send = (stream: 1 | 2) => (lines: string) => void socket.write(lines.replace(/^/gm, String(stream)).concat('\n'));
  const exitCode = await program({ ...call, print: send(1), complain: send(2) });
  socket.end(`x${exitCode}\n`);
}

const script = (name: string, port: number) => `#!/bin/bash
exec 3<>/dev/tcp/127.0.0.1/${port} || exit 70
printf '%s\\0' "$#" '${name}' "$PWD" "$@" >&3
while IFS= read -r line <&3; do
  case $line in
    1*) printf '%s\\n' "\${line#?}" ;;
    2*) printf '%s\\n' "\${line#?}" >&2 ;;
    x*) exit "\${line#?}" ;;
  esac
done
exit 70
`;
