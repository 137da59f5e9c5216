/**
 * @typedef {import('node:inspector').Profiler.Profile} CpuProfile
 * @typedef {import('node:inspector').Profiler.ProfileNode} ProfileNode
 * @typedef {import('node:inspector').Runtime.CallFrame} CallFrame
 *
 * @typedef {object} Frame one function, called from one stack
 * @property {string} place its name, file and line
 * @property {string} owner the package of the function
 * @property {string} payer the same package; for Node.js and native code the package that called it
 * @property {number} self time in the function itself, in microseconds
 * @property {number} total time in the function and all functions that it calls, in microseconds
 * @property {Map<string, Frame>} calls by place
 */

/**
 * Converts a CPU profile to a call tree, without idle time.
 * @param {CpuProfile} profile
 * @returns {Frame}
 */
export function toCallTree(profile) {
  const selfTimes = toSelfTimes(profile);
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  /** @param {Frame} frame @param {ProfileNode} node */
  const fill = (frame, node) => {
    frame.self += selfTimes.get(node.id) ?? 0;
    frame.total += selfTimes.get(node.id) ?? 0;
    for (const child of (node.children ?? []).flatMap((id) => nodes.get(id) ?? [])) {
      if (child.callFrame.functionName !== '(idle)') {
        const before = callOf(frame, child.callFrame).total;
        fill(callOf(frame, child.callFrame), child);
        frame.total += callOf(frame, child.callFrame).total - before;
      }
    }
    return frame;
  };
  const [root] = profile.nodes;
  const tree = createFrame('all', 'node', 'node');
  return root === undefined ? tree : fill(tree, root);
}

/** Returns all frames of a tree as a list. @param {Frame} frame @returns {Frame[]} */
export function flatten(frame) {
  return [frame, ...[...frame.calls.values()].flatMap(flatten)];
}

/**
 * Sums the self times of all frames by name, the largest first.
 * @param {Frame} tree
 * @param {(frame: Frame) => string} name
 */
export function rankSelfTimes(tree, name) {
  /** @type {Map<string, number>} */
  const sums = new Map();
  for (const frame of flatten(tree)) {
    sums.set(name(frame), (sums.get(name(frame)) ?? 0) + frame.self);
  }
  return [...sums].sort(([, a], [, b]) => b - a);
}

/** Returns the self times in microseconds by node id. @param {CpuProfile} profile */
function toSelfTimes({ samples = [], timeDeltas = [] }) {
  /** @type {Map<number, number>} */
  const times = new Map();
  for (const [index, id] of samples.entries()) {
    // A delta is the time before its sample: a sample lasts until the next one.
    times.set(id, (times.get(id) ?? 0) + Math.max(0, timeDeltas[index + 1] ?? 0));
  }
  return times;
}

/** Returns the frame for a call. Creates it on the first call. @param {Frame} caller @param {CallFrame} callFrame */
function callOf(caller, callFrame) {
  const place = placeOf(callFrame);
  const owner = ownerOf(callFrame);
  const payer = owner === 'node' || owner === 'native' ? caller.payer : owner;
  const frame = caller.calls.get(place) ?? createFrame(place, owner, payer);
  caller.calls.set(place, frame);
  return frame;
}

/** @param {string} place @param {string} owner @param {string} payer @returns {Frame} */
function createFrame(place, owner, payer) {
  return { place, owner, payer, self: 0, total: 0, calls: new Map() };
}

/** Matches the package after the last `node_modules` of a path. */
const packageName = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//;

/** @param {CallFrame} callFrame */
function ownerOf({ url, functionName }) {
  const name = packageName.exec(url)?.[1];
  if (name !== undefined) {
    return name;
  }
  if (url.startsWith('node:')) {
    return 'node';
  }
  if (url === '') {
    return functionName.startsWith('(') ? functionName : 'native';
  }
  return 'the contestant';
}

/** The function name with file and line, without machine-specific folders. @param {CallFrame} callFrame */
function placeOf({ url, functionName, lineNumber }) {
  const name = functionName || '(anonymous)';
  const file = url.replace(/.*\/node_modules\/|.*?\/(?=bench\/)/, '');
  return file === '' ? name : `${name}  ${file}:${lineNumber + 1}`;
}
