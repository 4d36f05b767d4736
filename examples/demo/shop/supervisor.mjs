// Keeps the shop running, as systemd would: starts the release that the link `current` points to, and starts it again when it ends.
// SIGHUP restarts it (that is how a switch of the link takes effect); SIGTERM, or the end of stdin, stops it for good.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = process.argv[2] ?? dirname(import.meta.dirname);
let app;
let isStopping = false;

function start() {
  const begunAt = Date.now();
  app = spawn(process.execPath, [join(root, 'current', 'app.mjs')], { stdio: ['ignore', 'inherit', 'inherit'] });
  app.on('exit', () => {
    if (isStopping) process.exit(0);
    // A release that dies as soon as it starts is not started in a tight loop.
    setTimeout(start, Date.now() - begunAt < 1000 ? 500 : 0);
  });
}

function stop() {
  isStopping = true;
  app.kill('SIGTERM');
  setTimeout(() => process.exit(0), 2000).unref();
}

process.on('SIGHUP', () => app.kill('SIGTERM'));
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
process.stdin.on('end', stop).resume();
start();
writeFileSync(join(root, 'supervisor.pid'), `${process.pid}\n`);
