// The stream of events, which the pages of a browser share.

import { announce } from "./announcement.js";
import { change, disregard, entries, everything, isLive, isTold, silence } from "./data.js";
import { base, page, schedule, write } from "./page.js";
import { duration } from "./words.js";

const stream = new URL("events", base);
let source = null;
// Why there is no stream.
let refusal = "";

function connect() {
  if (source) return;
  const opened = new EventSource(stream);
  source = opened;
  opened.addEventListener("everything", ({ data }) => {
    everything(JSON.parse(data));
    received();
  });
  opened.addEventListener("change", ({ data }) => {
    const message = JSON.parse(data);
    change(message);
    announce(message.transitions ?? []);
    received();
  });
  opened.addEventListener("error", async () => {
    // If the answer was not a stream, the browser does not retry by itself.
    if (opened.readyState !== EventSource.CLOSED) return;
    refusal = await whyNot();
    setTimeout(() => {
      if (source === opened) disconnect();
      connect();
    }, 3000);
  });
}

function received() {
  refusal = "";
  showConnection();
  share();
  schedule(true);
}

function disconnect() {
  source?.close();
  source = null;
}

// An `EventSource` does not tell what the answer was.
async function whyNot() {
  const stop = new AbortController();
  try {
    const answer = await fetch(stream, { signal: stop.signal });
    return answer.ok ? "" : await problem(answer);
  } catch {
    return "";
  } finally {
    stop.abort();
  }
}

// What an answer says is wrong.
export async function problem(answer) {
  const { detail } = await answer.json().catch(() => ({}));
  return detail ?? `the server answered ${answer.status}`;
}

// A stream takes one of the six connections that a browser makes to a server of HTTP/1.1; commands and other pages need the rest. So of
// all pages of a browser, hidden ones leave the stream to another page, and learn their title from it.
const pages = new BroadcastChannel(base.href);
const id = Math.random();

function share() {
  pages.postMessage({ title: document.title, rank: [document.hidden ? 1 : 0, id] });
}

function showConnection() {
  const isLost = isTold && !isLive();
  const { connection } = page;
  const why = refusal && `: ${refusal}`;
  connection.className = isLost || why ? "lost" : isTold ? "live" : "";
  write(connection, isLost ? `connection lost${why}; showing data from ${duration(silence())} ago` : isTold ? "live" : why ? `not connected${why}` : "connecting");
  document.body.classList.toggle("stale", isLost);
  // Not while rendering, which browsers do not do in a hidden tab: its title is all that can be seen of it.
  const troubled = [...entries.values()].filter(({ shown }) => shown.state === "open" || shown.state === "half_open").length;
  const sign = isLost ? "?" : troubled;
  document.title = sign ? `(${sign}) Circuit breakers` : "Circuit breakers";
}

function tick() {
  // The page with the stream may have ended without a word.
  if (!document.hidden || silence() > 10) connect();
  if (!source) return;
  showConnection();
  schedule();
}

pages.addEventListener("message", ({ data: { title, rank } }) => {
  if (!document.hidden) return;
  // The page with the stream has been closed.
  if (!title) connect();
  else if (!source || rank[0] === 0 || rank[1] < id) {
    disconnect();
    disregard();
    document.title = title;
  }
});
addEventListener("pagehide", () => {
  if (!source) return;
  disconnect();
  pages.postMessage({ title: "" });
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) connect();
});

setInterval(tick, 1000);
connect();
