// What the server has sent.

export const SECONDS = 120;
export const STATES = {
  open: "Open",
  half_open: "Half-open",
  forced_open: "Forced open",
  disabled: "Disabled",
  metrics_only: "Metrics only",
  closed: "Closed",
};
export const URGENCY = Object.keys(STATES);

// By name: { shown, at, history, recent }. `shown` is the server's data, as of `at` on its clock; `history` maps each second to a list
// [successes, failures, slow, refused]; `recent` has their sums.
export const entries = new Map();
export const transitions = [];
export let access = "read_only";
// Until the server has sent all breakers, it is unknown whether there are any.
export let isTold = false;
// The server's clock: its last time, the second that had begun, and how far it is ahead of this page's clock, in seconds.
export let clock = { time: 0, second: 0, ahead: 0 };
// Wall time: a page's other clocks may stop while the computer sleeps.
let lastMessage = Date.now();

export function silence() {
  return (Date.now() - lastMessage) / 1000;
}

export function isLive() {
  return isTold && silence() < 4;
}

// The server's time. It stands still while no message comes, since the page then shows the last message.
export function now() {
  return isLive() ? performance.now() / 1000 + clock.ahead : clock.time;
}

// A delayed message must not set the clock back.
function setClock({ time, second }, least) {
  clock = { time, second, ahead: Math.max(least, time - performance.now() / 1000) };
}

function add(entry, second, bucket) {
  entry.history.set(second, bucket);
  bucket.forEach((number, place) => { entry.recent[place] += number; });
}

function forget(entry) {
  for (const [second, bucket] of entry.history) {
    if (second >= clock.second - SECONDS) break;
    entry.history.delete(second);
    bucket.forEach((number, place) => { entry.recent[place] -= number; });
  }
}

export function take(shown, at) {
  const { history, ...rest } = shown;
  const entry = entries.get(shown.name) ?? { history: new Map(), recent: [0, 0, 0, 0] };
  entry.shown = rest;
  entry.at = at;
  for (const [second, ...bucket] of history ?? []) add(entry, second, bucket);
  entries.set(shown.name, entry);
}

export function everything(message) {
  isTold = true;
  access = message.access;
  setClock(message, -Infinity);
  entries.clear();
  for (const shown of message.breakers) take(shown, message.time);
  transitions.length = 0;
  transitions.push(...message.transitions);
  received();
}

export function change(message) {
  setClock(message, clock.ahead);
  for (const shown of message.breakers ?? []) take(shown, message.time);
  for (const name of message.gone ?? []) entries.delete(name);
  for (const [name, bucket] of Object.entries(message.buckets ?? {})) {
    if (entries.has(name)) add(entries.get(name), message.second - 1, bucket);
  }
  if (message.transitions) {
    transitions.push(...message.transitions);
    transitions.splice(0, transitions.length - 100);
  }
  received();
}

function received() {
  lastMessage = Date.now();
  for (const entry of entries.values()) forget(entry);
}

// Another page has the stream now.
export function disregard() {
  isTold = false;
  lastMessage = Date.now();
}

export function since(entry) {
  return entry.shown.since + now() - entry.at;
}

// How much of this many seconds is left.
export function remaining(entry, seconds) {
  return Math.max(0, seconds - (now() - entry.at));
}

// How long until an open breaker retries; null if it does not retry by itself.
export function left(entry) {
  const { retry_after: after } = entry.shown;
  return after === null ? null : remaining(entry, after);
}

// Counted calls per second over the last ten seconds.
export function traffic(entry) {
  let total = 0;
  for (let second = clock.second - 10; second < clock.second; second++) {
    const bucket = entry.history.get(second);
    if (bucket) total += bucket[0] + bucket[1] + bucket[3];
  }
  return total / 10;
}

// The calls of several breakers, as if they were one.
export function together(members) {
  const history = new Map();
  const recent = [0, 0, 0, 0];
  for (const { entry } of members) {
    for (const [second, bucket] of entry.history) {
      const sums = history.get(second) ?? [0, 0, 0, 0];
      bucket.forEach((number, place) => {
        sums[place] += number;
        recent[place] += number;
      });
      history.set(second, sums);
    }
  }
  const counted = members.find(({ entry }) => entry.shown.totals.successes !== null) ?? members[0];
  return { shown: counted.entry.shown, history, recent };
}
