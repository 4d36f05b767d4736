import { parentPort } from 'node:worker_threads';
import { startTestServer } from './test-cluster.ts';

// The thread of `shared-server.ts`: starts the server, posts its address, and stops it at the first message.
const { url, stop } = await startTestServer();
parentPort?.once('message', () => void stop());
parentPort?.postMessage(url);
