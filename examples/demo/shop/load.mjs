// The shop's customers: a steady stream of requests to a server on this machine, for a limited time.
//   node shop/load.mjs http://127.0.0.1:8080 [requests a second, 80] [seconds, 170]
// Prints one line of JSON a second: {"ok":78,"bad":2,"lost":0}. `lost` requests found no server, as during a restart.
import { Agent, get } from 'node:http';

const [address, perSecond = '80', seconds = '170'] = process.argv.slice(2);
const url = new URL(address);
if (!['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)) throw new Error('this load generator only calls servers on this machine');

const agent = new Agent({ keepAlive: true, maxSockets: 50 });
const paths = ['/', '/', '/cart', '/checkout'];
const endsAt = Date.now() + Number(seconds) * 1000;
let counts = { ok: 0, bad: 0, lost: 0 };
let sent = 0;

function request() {
  const path = paths[sent % paths.length];
  sent += 1;
  const req = get(new URL(path, url), { agent, timeout: 5000 }, (res) => {
    counts[res.statusCode < 500 ? 'ok' : 'bad'] += 1;
    res.resume();
  });
  req.on('timeout', () => req.destroy());
  req.on('error', () => {
    counts.lost += 1;
  });
}

// Timers are late on a busy machine: each round sends as many requests as are due by now, but never a burst of more than a second's.
const begunAt = Date.now();
let due = 0;
setInterval(() => {
  const now = Date.now();
  if (now > endsAt) process.exit(0);
  const dueNow = Math.floor(((now - begunAt) / 1000) * Number(perSecond));
  for (let i = Math.max(due, dueNow - Number(perSecond)); i < dueNow; i += 1) request();
  due = dueNow;
}, 1000 / Number(perSecond));
setInterval(() => {
  console.log(JSON.stringify(counts));
  counts = { ok: 0, bad: 0, lost: 0 };
}, 1000);

process.stdin.on('end', () => process.exit(0)).resume();
