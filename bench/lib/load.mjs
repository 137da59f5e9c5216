import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { operations, toBody } from './operations.mjs';
import { serveParent } from './process.mjs';
import { quantile } from './statistics.mjs';
import { ownerOf, signTokens } from './tokens.mjs';

/**
 * The load generator. It runs in its own process, uses keep-alive connections and the access tokens of many owners in
 * turn, and checks every response. One incorrect response stops the run.
 *
 * @typedef {object} Target
 * @property {string} url
 * @property {import('./operations.mjs').OperationName} operation
 * @property {number} owners number of owners whose tokens are used in turn
 *
 * @typedef {Target & { readonly requests: number, readonly concurrency: number }} ClosedLoop each
 *   connection sends its next request after the response to the last one
 * @typedef {Target & { readonly rate: number, readonly seconds: number }} OpenLoop requests are sent at a
 *   fixed rate, independent of responses. Latency is measured from the scheduled time of a request
 */

const tokens = signTokens(process.env['PRIVATE_KEY'] ?? '', Number(process.env['OWNERS']));

/** Index of the next token. Not reset between runs, so that all owners are used equally. */
let turn = 0;

/** @param {ClosedLoop} message */
async function runClosedLoop({ requests, concurrency, ...target }) {
  const send = createClient(target, concurrency);
  let sent = 0;
  const work = async () => {
    while (sent < requests) {
      sent++;
      await send();
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: concurrency }, work));
  const seconds = (performance.now() - startedAt) / 1000;
  await send.close();
  return { perSecond: requests / seconds };
}

/** @param {OpenLoop} message */
async function runOpenLoop({ rate, seconds, ...target }) {
  const readyConnections = 8;
  const send = createClient(target, rate);
  await Promise.all(Array.from({ length: readyConnections }, send));
  /** @type {Promise<number>[]} */
  const latencies = [];
  const startedAt = performance.now();
  for (let index = 0; index < rate * seconds; index++) {
    const dueAt = startedAt + (index * 1000) / rate;
    const remainingMs = dueAt - performance.now();
    if (remainingMs >= 1) {
      await sleep(remainingMs);
    }
    // Timers have a resolution of 1 ms: a request sent early counts from its sending, a late one from its scheduled time.
    const countsFrom = Math.min(dueAt, performance.now());
    latencies.push(send().then(() => performance.now() - countsFrom));
  }
  const sorted = (await Promise.all(latencies)).sort((a, b) => a - b);
  await send.close();
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
}

/**
 * @param {Target} target
 * @param {number} connections
 */
function createClient({ url, owners, operation }, connections) {
  const pool = new Pool(url, { connections });
  const seen = new Set();
  const bodies = Array.from({ length: owners }, (_, index) => toBody(operation, ownerOf(index)));
  const send = async () => {
    const index = turn++ % owners;
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path: '/graphql',
      headers: {
        origin: 'https://app.example.com',
        authorization: `Bearer ${tokens[index]}`,
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
      },
      body: bodies[index] ?? null,
    });
    const text = await body.text();
    if (statusCode !== 200 || !isCorrect(operation, text, ownerOf(index), seen)) {
      throw new Error(`Incorrect response from ${url}: ${statusCode} ${text.slice(0, 500)}`);
    }
  };
  return Object.assign(send, { close: () => pool.close() });
}

/** @param {Target['operation']} operation @param {string} text @param {string} owner @param {Set<string>} seen */
function isCorrect(operation, text, owner, seen) {
  const { data } = JSON.parse(text);
  return data != null && operations[operation].isCorrect(data, owner, seen);
}

serveParent({}, (message) => ('rate' in message ? runOpenLoop(message) : runClosedLoop(message)));
