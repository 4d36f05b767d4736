import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

/** A real SSH server on a free loopback port, with its own keys. */
export type Sshd = {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly user: string;
  /** Private keys: one that may log in, and one that may not. */
  readonly identityFile: string;
  readonly strangerFile: string;
  readonly knownHosts: string;
  readonly hostKey: string;
  /** Forces every login with the key to run this command; `null` removes that. */
  force(command: string | null): void;
  /** Ends the server, by its own process id, and removes its files. */
  stop(): Promise<void>;
};

const binary = '/usr/sbin/sshd';
const keygen = 'ssh-keygen';

/** Whether tests with a real SSH server can run here. With `CI=true` a missing one is a failure. */
export function hasSshd(): boolean {
  if (existsSync(binary)) return true;
  if (process.env.CI === 'true') throw new Error(`${binary} is missing: apt-get install openssh-server openssh-client`);
  return false;
}

/** Starts the server and waits until it listens. */
export async function startSshd(): Promise<Sshd> {
  const folder = mkdtempSync(join(tmpdir(), 'bakewatch-sshd-'));
  const file = (name: string) => join(folder, name);
  for (const name of ['host', 'user', 'stranger']) execFileSync(keygen, ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', file(name)]);
  const port = await freePort();
  const hostKey = readFileSync(file('host.pub'), 'utf8').trim();
  const userKey = readFileSync(file('user.pub'), 'utf8').trim();
  writeFileSync(file('known_hosts'), `[127.0.0.1]:${port} ${hostKey}\n`);
  writeFileSync(file('authorized_keys'), `${userKey}\n`);
  writeFileSync(file('config'), configOf(folder, port));
  // The privilege separation directory of the system's SSH server; it is missing if that server never ran here.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  // Newer servers block an address after failed logins; older ones do not know the option.
  writeFileSync(file('lenient'), `${configOf(folder, port)}PerSourcePenalties no\n`);
  if (spawnSync(binary, ['-t', '-f', file('lenient')]).status === 0) renameSync(file('lenient'), file('config'));
  const server = spawn(binary, ['-D', '-e', '-f', file('config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  server.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-10_000);
  });
  const stop = async () => {
    const ended = once(server, 'exit');
    if (server.exitCode === null && server.kill('SIGTERM')) await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  if (!(await isListening(port))) {
    await stop();
    throw new Error(`sshd does not listen: ${log}`);
  }
  return {
    host: '127.0.0.1',
    port,
    user: userInfo().username,
    identityFile: file('user'),
    strangerFile: file('stranger'),
    knownHosts: file('known_hosts'),
    hostKey,
    force: (command) => writeFileSync(file('authorized_keys'), `${command === null ? '' : `restrict,command="${command}" `}${userKey}\n`),
    stop,
  };
}

/** With a home of its own: bash reads the start-up files of the user at each login, and what they do can take seconds. */
function configOf(folder: string, port: number): string {
  return `Port ${port}
ListenAddress 127.0.0.1
HostKey ${folder}/host
PidFile none
AuthorizedKeysFile ${folder}/authorized_keys
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
MaxStartups 100
SetEnv HOME=${folder}
`;
}

async function isListening(port: number): Promise<boolean> {
  for (let tries = 0; tries < 200; tries += 1) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'close').then(() => false)]).catch(
      () => false,
    );
    socket.destroy();
    if (isOpen) return true;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return false;
}
