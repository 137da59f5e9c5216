import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { serveParent } from './process.mjs';
import { quantile } from './statistics.mjs';
import { signTokens } from './tokens.mjs';

/**
 * The load, in a process of its own: keep-alive connections, the access tokens of many customers in turn, and no
 * answer that is not looked at. One wrong answer ends the whole run.
 *
 * @typedef {object} Target
 * @property {string} url
 * @property {number} owners whose tokens are used in turn
 *
 * @typedef {Target & { readonly requests: number, readonly concurrency: number }} ClosedLoop the next request is
 *   sent when one is answered
 * @typedef {Target & { readonly rate: number, readonly seconds: number }} OpenLoop requests are sent by the clock,
 *   answered or not, and a latency begins when its request was due
 */

const tokens = signTokens(process.env['PRIVATE_KEY'] ?? '', Number(process.env['OWNERS']));

/** Goes on from one question to the next, so that all customers have their turn. */
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

/** @param {ClosedLoop} question */
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

/** @param {OpenLoop} question */
async function runOpenLoop({ url, owners, rate, seconds }) {
  const readyConnections = 8;
  const mutate = createClient(url, owners, rate);
  await Promise.all(Array.from({ length: readyConnections }, mutate));
  /** @type {Promise<number>[]} */
  const latencies = [];
  const startedAt = performance.now();
  for (let index = 0; index < rate * seconds; index++) {
    const dueAt = startedAt + (index * 1000) / rate;
    const early = dueAt - performance.now();
    if (early >= 1) {
      await sleep(early);
    }
    // Timers know whole milliseconds: what they make early is no merit, what anything makes late is latency.
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
      throw new Error(`a wrong answer from ${url}: ${statusCode} ${text}`);
    }
    seen.add(token);
  };
  return Object.assign(mutate, { close: () => pool.close() });
}

/** Where a contestant without GraphQL has it, or where GraphQL does. @param {string} text */
function readToken(text) {
  const answer = JSON.parse(text);
  return answer.token ?? answer.data?.createConnectSession?.token;
}

serveParent({}, (question) => ('rate' in question ? runOpenLoop(question) : runClosedLoop(question)));
