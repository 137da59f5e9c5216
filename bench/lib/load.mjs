import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { serveParent } from './process.mjs';
import { quantile } from './statistics.mjs';
import { signTokens } from './tokens.mjs';

/**
 * The load generator. It runs in its own process, uses keep-alive connections and the access tokens of many owners in
 * turn, and checks every response. One incorrect response stops the run.
 *
 * @typedef {object} Target
 * @property {string} url
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

const operation = JSON.stringify({
  query: `mutation createConnectSession($provider: String, $label: String) {
  createConnectSession(provider: $provider, label: $label) {
    token
    expiresAt
    mode
    userErrors {
      code
      field
      message
    }
  }
}`,
  operationName: 'createConnectSession',
  variables: { provider: 'bamboohr', label: 'Head office' },
});

/** @param {ClosedLoop} message */
async function runClosedLoop({ url, owners, requests, concurrency }) {
  const mutate = createClient(url, owners, concurrency);
  let sent = 0;
  const work = async () => {
    while (sent < requests) {
      sent++;
      await mutate();
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: concurrency }, work));
  const seconds = (performance.now() - startedAt) / 1000;
  await mutate.close();
  return { perSecond: requests / seconds };
}

/** @param {OpenLoop} message */
async function runOpenLoop({ url, owners, rate, seconds }) {
  const readyConnections = 8;
  const mutate = createClient(url, owners, rate);
  await Promise.all(Array.from({ length: readyConnections }, mutate));
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
    latencies.push(mutate().then(() => performance.now() - countsFrom));
  }
  const sorted = (await Promise.all(latencies)).sort((a, b) => a - b);
  await mutate.close();
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
}

/**
 * @param {string} url
 * @param {number} owners
 * @param {number} connections
 */
function createClient(url, owners, connections) {
  const pool = new Pool(url, { connections });
  const seen = new Set();
  const mutate = async () => {
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path: '/graphql',
      headers: {
        origin: 'https://app.example.com',
        authorization: `Bearer ${tokens[turn++ % owners]}`,
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
      },
      body: operation,
    });
    const text = await body.text();
    const token = statusCode === 200 ? readToken(text) : undefined;
    if (typeof token !== 'string' || seen.has(token)) {
      throw new Error(`Incorrect response from ${url}: ${statusCode} ${text}`);
    }
    seen.add(token);
  };
  return Object.assign(mutate, { close: () => pool.close() });
}

/** The token in the response of an implementation without GraphQL, or with GraphQL. @param {string} text */
function readToken(text) {
  const body = JSON.parse(text);
  return body.token ?? body.data?.createConnectSession?.token;
}

serveParent({}, (message) => ('rate' in message ? runOpenLoop(message) : runClosedLoop(message)));
