// Breakers in words.

import { STATES, left, now, remaining, since, traffic } from "./data.js";

// A name that people can tell from others: invisible characters and those that change the direction of text are spelled out, and so are spaces
// that a browser leaves out, or that look like the usual one.
export function printable(name) {
  const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\u115f\u1160\u2800\u3164\uffa0]|^ | (?= |$)|(?! )\p{Zs}|\\(?=u\{)/gu;
  return name.replace(hidden, (character) => `\\u{${character.codePointAt(0).toString(16)}}`);
}

export function count(number) {
  return Math.round(number).toLocaleString("en");
}

export function calls(number, what = "call") {
  return `${count(number)} ${what}${number === 1 ? "" : "s"}`;
}

// Neither a few calls nor all but a few are rounded away: 0.4% is not 0%, and 99.6% is not 100%.
export function percent(share) {
  const value = 100 * share;
  const isWhole = value === 0 || value === 100 || (value >= 1 && value <= 99);
  return `${isWhole ? Math.round(value) : Math.min(99.9, Math.max(0.1, value)).toFixed(1)}%`;
}

export function perSecond(rate) {
  return `${rate < 10 ? rate.toFixed(1) : count(rate)} calls a second`;
}

export function duration(seconds) {
  if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86400)} d ${Math.floor((seconds % 86400) / 3600)} h`;
}

export function next(entry) {
  const [first, second] = nextByState(entry);
  const { fault } = entry.shown;
  if (!fault) return [first, second];
  const harm = [fault.failing > 0 && `${percent(fault.failing)} of calls fail`, fault.delaying > 0 && `${percent(fault.delaying)} wait ${fault.delay} s`];
  return [`drill: ${harm.filter(Boolean).join(", ")}, for ${duration(remaining(entry, fault.lasts))}`, first];
}

function nextByState(entry) {
  const { shown } = entry;
  const reopens = shown.reopens > 0 ? `re-opened ${shown.reopens === 1 ? "once" : `${shown.reopens} times`}` : "";
  switch (shown.state) {
    case "open": {
      const wait = left(entry);
      if (wait === null) return ["stays open until it is reset", reopens];
      return [wait > 0 ? `next attempt in ${duration(Math.ceil(wait))}` : "tries again with the next call", reopens];
    }
    case "half_open": {
      const { recovery } = shown;
      if (recovery?.stage === "trial") {
        const running = recovery.in_flight > 0 ? `, ${recovery.in_flight} running` : "";
        return [`trial: ${recovery.good} of at least ${recovery.needed} good calls`, [`${calls(recovery.outcomes, "outcome")}${running}`, reopens].filter(Boolean).join("; ")];
      }
      if (recovery?.stage === "ramp") {
        const ramp = remaining(entry, recovery.ends_in);
        const closes = ramp > 0 ? `closes in ${duration(Math.ceil(ramp))}` : "closes with the next call";
        return [`lets in ${percent(recovery.admits)} of calls`, [closes, reopens].filter(Boolean).join("; ")];
      }
      return ["", reopens];
    }
    case "forced_open": return ["refuses all until it is reset", ""];
    case "disabled": return ["admits all, records nothing", "until it is reset"];
    case "metrics_only": {
      const { peak } = shown;
      return ["records all, refuses none", peak ? `highest failure rate ${percent(peak.failure_rate)} of ${calls(peak.calls)}` : "until it is reset"];
    }
    default: {
      const rate = traffic(entry);
      const speed = rate > 0 && shown.totals.successes !== null ? perSecond(rate) : "";
      return [speed, reopens];
    }
  }
}

export function why({ shown: { state, reason } }) {
  if (!reason || state === "closed") return "";
  return state === "metrics_only" && reason.kind === "tripped" ? `would have opened: ${reason.message}` : reason.message;
}

export function said(transition) {
  const { from, to, tripped, reason } = transition;
  const happened = from !== to ? `${STATES[from]} → ${STATES[to]}` : tripped ? "would have opened" : `still ${STATES[to]}`;
  return `${happened}: ${reason}`;
}

export function ago(transition) {
  return `${duration(now() - transition.time)} ago`;
}

export function recent(entry) {
  const [successes, failures, slow, refused] = entry.recent;
  const counted = entry.shown.totals.successes === null ? "successes are not counted" : `${count(successes)} succeeded`;
  return `In the last two minutes, ${counted}, ${count(failures)} failed, ${count(slow)} slow, ${count(refused)} refused`;
}

const RESULT = { reset: "closed", force_open: "forced_open", disable: "disabled", metrics_only: "metrics_only" };

// What a command would do to this breaker now.
export function consequence(command, entry) {
  const { shown } = entry;
  const lines = [];
  const wait = left(entry);
  const refuses = shown.state === "open" || shown.state === "forced_open";
  const isThere = shown.state === RESULT[command];
  const now = {
    open: `It is open now and refuses all calls${wait === null ? "" : wait > 0 ? `; it would try again by itself in ${duration(Math.ceil(wait))}` : "; it tries again with the next call"}.`,
    half_open: "It is half-open now, testing whether its dependency works again.",
    forced_open: "It is forced open now and refuses all calls.",
    disabled: "It is disabled now: it admits all calls and records none.",
    metrics_only: "It is metrics-only now: it admits all calls, whatever their outcome.",
    closed: "It is closed now and admits all calls.",
  }[shown.state];
  lines.push(now);
  switch (command) {
    case "reset":
      if (isThere) lines.push(`It stays closed, and forgets the ${calls(shown.metrics.total)} in its window. Calls in progress no longer count.`);
      else if (refuses || shown.state === "half_open") lines.push("It closes at once, with an empty window: all calls go to the dependency again, whether or not it has recovered. If they fail, it opens again once its rule holds.");
      else lines.push("It closes, with an empty window, and guards its calls again: it opens once its rule holds.");
      if (!isThere && shown.reopens > 0) lines.push(`The count of re-openings, now ${shown.reopens}, starts over, and so do its pauses.`);
      break;
    case "force_open":
      lines.push(isThere ? "Nothing changes." : `${shown.state === "open" ? "It stays open" : "It refuses every call from now on"}, until somebody resets it: it does not try again by itself.`);
      break;
    case "disable":
      lines.push(isThere ? "Nothing changes." : `It admits every call from now on and records none, until somebody resets it.${refuses ? " The calls that it refuses now will reach the dependency." : ""} Meanwhile, its dependency is not guarded, and failures are not counted.`);
      break;
    case "metrics_only":
      lines.push(isThere ? "Nothing changes." : `It admits every call from now on, until somebody resets it.${refuses ? " The calls that it refuses now will reach the dependency." : ""} It goes on recording, with an empty window, and reports when it would have opened.`);
      break;
  }
  if (shown.instances > 1) lines.push(`${shown.instances} breakers of this program have this name. The command goes to all of them.`);
  lines.push("This affects only this process. Other instances have their own breakers.");
  return lines;
}
