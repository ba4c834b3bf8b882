// Shows all breakers, live. Names are only ever inserted as text.

const base = new URL(".", import.meta.url);
const SECONDS = 120;
// How many seconds to wait for the answer to a command.
const PATIENCE = 10;
const STATES = {
  open: "Open",
  half_open: "Half-open",
  forced_open: "Forced open",
  disabled: "Disabled",
  metrics_only: "Metrics only",
  closed: "Closed",
};
const URGENCY = Object.keys(STATES);
const COMMANDS = { reset: "Reset", force_open: "Force open", disable: "Disable", metrics_only: "Metrics only" };
const RESULT = { reset: "closed", force_open: "forced_open", disable: "disabled", metrics_only: "metrics_only" };

// By name: { shown, at, history, recent }. `shown` is the server's data, as of `at` on its clock; `history` maps each second to a list
// [successes, failures, slow, refused]; `recent` has their sums.
const entries = new Map();
const transitions = [];
let access = "read_only";
// Until the server has sent all breakers, it is unknown whether there are any.
let isTold = false;
// The server's clock: its last time, the second that had begun, and how far it is ahead of this page's clock, in seconds.
let clock = { time: 0, second: 0, ahead: 0 };
// Wall time: a page's other clocks may stop while the computer sleeps.
let lastMessage = Date.now();
let selected = null;
let wanted = { state: "all", text: "", order: "urgency" };
// Families shown breaker by breaker: without a filter, the unfolded ones; with a filter, all except the folded ones.
const unfolded = new Set();
const folded = new Set();

const $ = (selector, within = document) => within.querySelector(selector);
const page = {
  rows: $("#rows"), table: $("#table"), empty: $("#empty"), states: $("#states"), connection: $("#connection"),
  changes: $("#changes"), announcement: $("#announcement"), details: $("#details"), confirm: $("#confirm"),
};

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

// Writes only if the text differs, to leave the rest of the page alone.
function write(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

function label(target, attribute, value) {
  if (target.getAttribute(attribute) !== value) target.setAttribute(attribute, value);
}

// A name that people can tell from others: invisible characters and those that change the direction of text are spelled out, and so are spaces
// that a browser leaves out, or that look like the usual one.
function printable(name) {
  const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\u115f\u1160\u2800\u3164\uffa0]|^ | (?= |$)|(?! )\p{Zs}|\\(?=u\{)/gu;
  return name.replace(hidden, (character) => `\\u{${character.codePointAt(0).toString(16)}}`);
}

function count(number) {
  return Math.round(number).toLocaleString("en");
}

function calls(number, what = "call") {
  return `${count(number)} ${what}${number === 1 ? "" : "s"}`;
}

function perSecond(rate) {
  return `${rate < 10 ? rate.toFixed(1) : count(rate)} calls a second`;
}

function duration(seconds) {
  if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86400)} d ${Math.floor((seconds % 86400) / 3600)} h`;
}

// ---- data ----

function silence() {
  return (Date.now() - lastMessage) / 1000;
}

function isLive() {
  return isTold && silence() < 4;
}

// The server's time. It stands still while no message comes, since the page then shows the last message.
function now() {
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

function take(shown, at) {
  const { history, ...rest } = shown;
  const entry = entries.get(shown.name) ?? { history: new Map(), recent: [0, 0, 0, 0] };
  // The answer to a command has none.
  rest.last ??= entry.shown?.last;
  entry.shown = rest;
  entry.at = at;
  for (const [second, ...bucket] of history ?? []) add(entry, second, bucket);
  entries.set(shown.name, entry);
}

function everything(message) {
  isTold = true;
  access = message.access;
  setClock(message, -Infinity);
  entries.clear();
  for (const shown of message.breakers) take(shown, message.time);
  transitions.length = 0;
  transitions.push(...message.transitions);
  received();
}

function change(message) {
  setClock(message, clock.ahead);
  for (const shown of message.breakers ?? []) take(shown, message.time);
  for (const name of message.gone ?? []) entries.delete(name);
  for (const [name, bucket] of Object.entries(message.buckets ?? {})) {
    if (entries.has(name)) add(entries.get(name), message.second - 1, bucket);
  }
  if (message.transitions) {
    transitions.push(...message.transitions);
    transitions.splice(0, transitions.length - 100);
    announce(message.transitions);
  }
  received();
}

function received() {
  lastMessage = Date.now();
  refusal = "";
  for (const entry of entries.values()) forget(entry);
  entitle();
  share();
  schedule(true);
}

// Not while rendering, which browsers do not do in a hidden tab: its title is all that can be seen of it.
function entitle() {
  const troubled = [...entries.values()].filter(({ shown }) => shown.state === "open" || shown.state === "half_open").length;
  const sign = isTold && !isLive() ? "?" : troubled;
  document.title = sign ? `(${sign}) Circuit breakers` : "Circuit breakers";
}

function since(entry) {
  return entry.shown.since + now() - entry.at;
}

// How much of this many seconds is left.
function remaining(entry, seconds) {
  return Math.max(0, seconds - (now() - entry.at));
}

// How long until an open breaker retries; null if it does not retry by itself.
function left(entry) {
  const { retry_after: after } = entry.shown;
  return after === null ? null : remaining(entry, after);
}

// Counted calls per second over the last ten seconds.
function traffic(entry) {
  let total = 0;
  for (let second = clock.second - 10; second < clock.second; second++) {
    const bucket = entry.history.get(second);
    if (bucket) total += bucket[0] + bucket[1] + bucket[3];
  }
  return total / 10;
}

// ---- in words ----

function next(entry) {
  const [first, second] = nextByState(entry);
  const { fault } = entry.shown;
  if (!fault) return [first, second];
  const share = (part) => `${Math.round(part * 100)}%`;
  const harm = [fault.failing > 0 && `${share(fault.failing)} of calls fail`, fault.delaying > 0 && `${share(fault.delaying)} wait ${fault.delay} s`];
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
        return [`trial: ${recovery.good} of ${recovery.needed} good calls`, [`${calls(recovery.outcomes, "outcome")}${running}`, reopens].filter(Boolean).join("; ")];
      }
      if (recovery?.stage === "ramp") {
        return [`lets in ${Math.round(recovery.admits * 100)}% of calls`, [`closes in ${duration(Math.ceil(remaining(entry, recovery.ends_in)))}`, reopens].filter(Boolean).join("; ")];
      }
      return ["", reopens];
    }
    case "forced_open": return ["refuses all until it is reset", ""];
    case "disabled": return ["admits all, records nothing", "until it is reset"];
    case "metrics_only": {
      const { peak } = shown;
      return ["records all, refuses none", peak ? `highest failure rate ${Math.round(peak.failure_rate * 100)}% of ${calls(peak.calls)}` : "until it is reset"];
    }
    default: {
      const rate = traffic(entry);
      const speed = rate > 0 && shown.totals.successes !== null ? perSecond(rate) : "";
      return [speed, reopens];
    }
  }
}

function why(entry) {
  const { shown } = entry;
  if (shown.cause) return shown.cause.message;
  const { last } = shown;
  if (!last && shown.state === "open") return "not opened by its rule, and before the dashboard began";
  if (shown.state === "closed" || last?.to !== shown.state) return "";
  return last.from === last.to ? said(last) : last.reason;
}

function said(transition) {
  const { from, to, tripped, reason } = transition;
  const happened = from !== to ? `${STATES[from]} → ${STATES[to]}` : tripped ? "would have opened" : `still ${STATES[to]}`;
  return `${happened}: ${reason}`;
}

function ago(transition) {
  return `${duration(now() - transition.time)} ago`;
}

function recent(entry) {
  const [successes, failures, slow, refused] = entry.recent;
  const counted = entry.shown.totals.successes === null ? "successes are not counted" : `${count(successes)} succeeded`;
  return `In the last two minutes, ${counted}, ${count(failures)} failed, ${count(slow)} slow, ${count(refused)} refused`;
}

// What a command would do to this breaker now.
function consequence(command, entry) {
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
      if (isThere) lines.push(`It stays closed. The ${calls(shown.metrics.total)} in its window are forgotten, and calls in progress no longer count.`);
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

// ---- strips ----

let colours = null;
function palette() {
  if (!colours) {
    const style = getComputedStyle(document.documentElement);
    colours = Object.fromEntries(["success", "failure", "slow", "refused", "line"].map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  }
  return colours;
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  colours = null;
  schedule(true);
});

// Calls grow upwards from the line, failed ones at the bottom, with a narrow bar for slow ones; refused calls grow downwards. Each strip has
// its own scale: the busiest second fills it.
function draw(canvas, entry) {
  const colour = palette();
  const { width, height } = canvas;
  const context = canvas.getContext("2d");
  const step = width / SECONDS;
  const line = Math.round(height * 0.68);
  let most = 1;
  let mostRefused = 1;
  for (const [successes, failures, slow, refused] of entry.history.values()) {
    most = Math.max(most, successes + failures, slow);
    mostRefused = Math.max(mostRefused, refused);
  }
  const up = line / Math.max(most, 4);
  const down = (height - line - 2) / Math.max(mostRefused, 4);
  context.clearRect(0, 0, width, height);
  const bar = (name, second, from, amount, scale, share = 1) => {
    if (amount === 0) return;
    context.fillStyle = colour[name];
    const tall = Math.max(2, amount * Math.abs(scale));
    const x = (second - clock.second + SECONDS) * step;
    context.fillRect(x, scale > 0 ? line - from * scale - tall : line + 2, step * share, tall);
  };
  for (const [second, [successes, failures, slow, refused]] of entry.history) {
    bar("success", second, failures, successes, up);
    bar("failure", second, 0, failures, up);
    bar("slow", second, 0, slow, up, 0.5);
    bar("refused", second, 0, refused, -down);
  }
  context.fillStyle = colour.line;
  context.fillRect(0, line, width, 2);
}

// ---- the table: only the rows in sight are in the document ----

const made = new Map();
let order = [];
let isDirty = true;
let isScheduled = false;

function schedule(dirty = false) {
  isDirty ||= dirty;
  if (isScheduled) return;
  isScheduled = true;
  requestAnimationFrame(render);
}

// How lines are ranked, and how a family's rank follows from those of its breakers.
const least = (ranks) => ranks.reduce((one, other) => Math.min(one, other), Infinity);
const total = (ranks) => ranks.reduce((one, other) => one + other, 0);
const ORDERS = {
  urgency: [({ shown }) => URGENCY.indexOf(shown.state), least],
  name: [() => 0, least],
  failures: [({ recent }) => -recent[1], total],
  refused: [({ recent }) => -recent[3], total],
  traffic: [(entry) => -traffic(entry), total],
  newest: [since, least],
};

function inRank(one, other) {
  return one.rank - other.rank || (one.name < other.name ? -1 : 1);
}

function isFiltered() {
  return wanted.state !== "all" || wanted.text !== "";
}

function isUnfolded(family) {
  return isFiltered() ? !folded.has(family) : unfolded.has(family);
}

// Each line is a breaker or a family; an unfolded family is followed by its breakers.
function arrange() {
  const text = wanted.text.toLowerCase();
  const [rank, together] = ORDERS[wanted.order];
  const alone = new Map();
  const families = new Map();
  for (const entry of entries.values()) {
    const { name, state, family } = entry.shown;
    if (wanted.state !== "all" && state !== wanted.state || text !== "" && !name.toLowerCase().includes(text)) continue;
    const line = { id: `breaker ${name}`, name, entry, rank: rank(entry), within: null };
    if (family === undefined) alone.set(name, line);
    else if (families.has(family)) families.get(family).push(line);
    else families.set(family, [line]);
  }
  const lines = [];
  for (const [family, members] of families) {
    // Keys without room share a breaker named like the family.
    if (alone.has(family)) members.push(alone.get(family));
    if (members.length === 1) {
      lines.push(members[0]);
      continue;
    }
    alone.delete(family);
    for (const member of members) member.within = family;
    lines.push({ id: `family ${family}`, name: family, members: members.sort(inRank), rank: together(members.map((member) => member.rank)) });
  }
  lines.push(...alone.values());
  order = lines.sort(inRank).flatMap((line) => line.members && isUnfolded(line.name) ? [line, ...line.members] : [line]);
}

function makeRow({ name, members }) {
  const row = element("div");
  row.setAttribute("role", "row");
  const cell = (role, ...parts) => {
    const made = element("div");
    made.setAttribute("role", role);
    made.append(...parts);
    row.append(made);
    return made;
  };
  const parts = { row, state: element("span", "state"), since: element("span", "since"), name: element("button", "name"), title: element("bdi"), copies: element("span", "copies"),
    rule: element("code", "rule"), conditions: element("ul", "conditions"), strip: element("canvas", "strip"), next: element("span"), more: element("small"), shown: null };
  parts.name.type = "button";
  parts.name.append(parts.title, parts.copies);
  parts.name.title = printable(name);
  parts.name.addEventListener("click", members ? () => fold(name) : () => open(name));
  parts.name.classList.toggle("fold", Boolean(members));
  parts.strip.setAttribute("role", "img");
  parts.strip.width = 480;
  parts.strip.height = 96;
  cell("cell", parts.state, parts.since);
  cell("rowheader", parts.name, parts.rule);
  cell("cell", parts.conditions);
  cell("cell", parts.strip);
  cell("cell", parts.next, parts.more).className = "next";
  return parts;
}

function fold(family) {
  const changed = isFiltered() ? folded : unfolded;
  if (!changed.delete(family)) changed.add(family);
  schedule(true);
}

function listConditions(list, entry, most) {
  const { shown } = entry;
  const items = [];
  const cause = why(entry);
  // The list has no other place for it.
  if (most && cause && shown.state !== "half_open") {
    items.push(element("li", shown.state === "open" ? "holds words" : "words", cause));
    items[0].title = cause;
  }
  // While it is open, its figures are from the moment it opened.
  const isPast = shown.state === "open";
  const conditions = shown.conditions.filter(({ message }) => !(isPast && message === cause));
  for (const condition of conditions) {
    const isGuard = condition.condition.startsWith("min(");
    const item = element("li", isPast ? "evidence" : isGuard ? "guard" : condition.holds ? "holds" : "");
    const meter = element("span", "meter");
    if (condition.value !== null && condition.limit > 0) {
      const fill = element("i");
      fill.style.transform = `scaleX(${Math.min(1, condition.value / condition.limit)})`;
      meter.append(fill);
    }
    const text = element("span", "", condition.message);
    text.title = condition.condition;
    item.append(meter, text);
    items.push(item);
  }
  if (most && items.length > most) {
    const more = items.length - most + 1;
    items.splice(most - 1, more, element("li", "more", `and ${more} more`));
  }
  list.replaceChildren(...items);
}

function fill(parts, line) {
  if (line.members) fillFamily(parts, line);
  else fillBreaker(parts, line);
}

function fillBreaker(parts, { name, entry, within }) {
  const { shown } = entry;
  // A change may arrive before its reason.
  const cause = why(entry);
  if (parts.shown !== shown || parts.within !== within || parts.cause !== cause) {
    parts.shown = shown;
    parts.within = within;
    parts.cause = cause;
    parts.state.className = `state ${shown.state}`;
    parts.row.className = within === null ? shown.state : `${shown.state} member`;
    write(parts.state, STATES[shown.state]);
    write(parts.title, printable(within === null ? name : key(shown)));
    write(parts.copies, shown.instances > 1 ? ` × ${shown.instances}` : "");
    write(parts.rule, shown.rule);
    parts.rule.title = shown.rule;
    listConditions(parts.conditions, entry, 3);
  }
  write(parts.since, `for ${duration(since(entry))}`);
  const [first, second] = next(entry);
  write(parts.next, first);
  write(parts.more, second);
  fillStrip(parts, entry);
}

function fillStrip(parts, entry) {
  if (parts.drawn !== clock.second || parts.colours !== palette() || parts.history !== entry.history.size) {
    parts.drawn = clock.second;
    parts.colours = palette();
    parts.history = entry.history.size;
    draw(parts.strip, entry);
    label(parts.strip, "aria-label", recent(entry));
  }
}

// What distinguishes a breaker within its family.
function key({ name, family }) {
  return family === undefined ? "keys without room" : name.slice(family.length + 1, -1);
}

// A family as one line: the worst state, how many breakers are in each state, and their calls together.
function fillFamily(parts, { name, members }) {
  const counts = URGENCY.map((state) => [members.filter(({ entry }) => entry.shown.state === state).length, state]).filter(([number]) => number > 0);
  const [[number, worst]] = counts;
  parts.state.className = `state ${worst}`;
  parts.row.className = `${worst} family`;
  write(parts.state, STATES[worst]);
  write(parts.since, number === members.length ? "all of them" : counts.map(([number, state]) => `${count(number)} ${STATES[state].toLowerCase()}`).join(", "));
  write(parts.title, printable(name));
  write(parts.copies, ` × ${count(members.length)}`);
  label(parts.name, "aria-expanded", String(isUnfolded(name)));
  const rules = new Set(members.map(({ entry }) => entry.shown.rule));
  write(parts.rule, rules.size === 1 ? [...rules][0] : `${rules.size} different rules`);
  parts.rule.title = [...rules].join("\n");
  listTroubled(parts, members);
  const entry = together(members);
  const speed = members.some(({ entry }) => entry.shown.totals.successes !== null) ? traffic(entry) : 0;
  write(parts.next, speed > 0 ? perSecond(speed) : "");
  write(parts.more, entry.recent[3] > 0 ? `${calls(entry.recent[3])} refused in two minutes` : "");
  fillStrip(parts, entry);
}

function listTroubled(parts, members) {
  const troubled = members.map(({ entry }) => entry).filter(({ shown }) => shown.state !== "closed");
  troubled.sort((one, other) => URGENCY.indexOf(one.shown.state) - URGENCY.indexOf(other.shown.state) || since(one) - since(other));
  const most = 3;
  const items = troubled.slice(0, troubled.length > most ? most - 1 : most).map((entry) => {
    const cause = why(entry);
    const text = `${printable(key(entry.shown))}: ${cause || STATES[entry.shown.state].toLowerCase()}`;
    const item = element("li", entry.shown.state === "open" ? "holds words" : "words");
    item.append(element("bdi", "", text));
    item.title = text;
    return item;
  });
  if (troubled.length > most) items.push(element("li", "more", `and ${troubled.length - most + 1} more`));
  const same = items.length === parts.conditions.children.length && items.every((item, place) => item.isEqualNode(parts.conditions.children[place]));
  if (!same) parts.conditions.replaceChildren(...items);
}

// The calls of several breakers, as if they were one.
function together(members) {
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

function render() {
  isScheduled = false;
  if (isDirty) {
    isDirty = false;
    arrange();
    summarise();
  }
  const height = Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--row-height"));
  const top = page.rows.getBoundingClientRect().top;
  const first = Math.max(0, Math.floor(-top / height) - 4);
  const last = Math.min(order.length, Math.ceil((innerHeight - top) / height) + 4);
  const shown = new Map();
  for (let index = first; index < last; index++) shown.set(order[index].id, index);
  // The focused row keeps the focus, visible or not.
  const focused = [...made].find(([, parts]) => parts.row.contains(document.activeElement))?.[0];
  if (focused !== undefined && !shown.has(focused)) {
    const index = order.findIndex((line) => line.id === focused);
    if (index >= 0) shown.set(focused, index);
  }
  for (const [id, parts] of made) {
    if (!shown.has(id)) {
      parts.row.remove();
      made.delete(id);
    }
  }
  const rows = [...shown].sort(([, one], [, other]) => one - other).map(([id, index]) => {
    if (!made.has(id)) made.set(id, makeRow(order[index]));
    const parts = made.get(id);
    fill(parts, order[index]);
    const place = `translateY(${index * height}px)`;
    if (parts.row.style.transform !== place) parts.row.style.transform = place;
    label(parts.row, "aria-rowindex", String(index + 2));
    return parts.row;
  });
  inOrder(rows);
  page.rows.style.height = `${order.length * height}px`;
  label(page.table, "aria-rowcount", String(order.length + 1));
  if (page.details.open) showDetails();
  if (page.confirm.open) showConsequence();
}

// Puts the rows in order for keyboards and screen readers, without touching the focused one.
function inOrder(rows) {
  if (rows.length === 0) return;
  const kept = Math.max(0, rows.findIndex((row) => row.contains(document.activeElement)));
  if (!rows[kept].isConnected) page.rows.append(rows[kept]);
  for (let index = kept - 1; index >= 0; index--) if (rows[index].nextSibling !== rows[index + 1]) rows[index + 1].before(rows[index]);
  for (let index = kept + 1; index < rows.length; index++) if (rows[index - 1].nextSibling !== rows[index]) rows[index - 1].after(rows[index]);
}

function summarise() {
  const counts = { all: entries.size };
  for (const state of URGENCY) counts[state] = 0;
  for (const { shown } of entries.values()) counts[shown.state] += 1;
  for (const button of page.states.children) {
    const { state } = button.dataset;
    write(button.lastChild, count(counts[state]));
    label(button, "aria-pressed", String(wanted.state === state));
    button.className = counts[state] === 0 ? "none" : state === "open" ? "alarm" : "";
  }
  const isEmpty = order.length === 0;
  page.table.hidden = isEmpty;
  page.empty.hidden = !isEmpty || !isTold;
  if (isEmpty) {
    const isAll = entries.size === 0;
    write($("p", page.empty), isAll ? "There are no breakers yet. They appear once they are built, registered or first used." : "No breaker matches.");
    $("button", page.empty).hidden = isAll;
  }
  page.changes.hidden = transitions.length === 0;
  const latest = transitions.at(-1);
  if (latest) {
    write($("summary", page.changes), `Latest change: ${printable(latest.breaker)}, ${said(latest)}, ${ago(latest)}`);
    if (page.changes.open) {
      listTransitions($("ol", page.changes), transitions.slice(-40).reverse(), true);
    }
  }
}

function listTransitions(list, shown, named) {
  list.replaceChildren(...shown.map((transition) => {
    const item = element("li");
    item.append(element("time", "", ago(transition)), element("bdi", "", named ? `${printable(transition.breaker)}: ${said(transition)}` : said(transition)));
    return item;
  }));
}

// ---- announced to screen readers: changes of state, combined if there are many ----

let unsaid = [];
let saying = null;

function announce(heard) {
  unsaid.push(...heard.filter(({ from, to }) => from !== to));
  saying ??= setTimeout(() => {
    saying = null;
    const text = unsaid.length > 3 ? `${unsaid.length} changes of state`
      : unsaid.map(({ breaker, to, reason }) => `${printable(breaker)} is ${STATES[to].toLowerCase()}: ${reason}`).join(". ");
    unsaid = [];
    if (text) page.announcement.textContent = text;
  }, 1000);
}

// ---- one breaker, and its commands ----

function open(name) {
  selected = name;
  showDetails();
  page.details.showModal();
}

function showDetails() {
  const entry = entries.get(selected);
  const { details } = page;
  details.classList.toggle("gone", !entry);
  if (!entry) {
    write($(".why", details), "This breaker is gone.");
    return;
  }
  const { shown } = entry;
  write($("h2", details), printable(shown.name) + (shown.instances > 1 ? ` × ${shown.instances}` : ""));
  const state = $(".summary .state", details);
  state.className = `state ${shown.state}`;
  write(state, STATES[shown.state]);
  write($(".since", details), `for ${duration(since(entry))}`);
  write($(".why", details), why(entry));
  write($(".next", details), next(entry).filter(Boolean).join("; "));
  write($(".rule", details), shown.rule);
  draw($("canvas", details), entry);
  label($("canvas", details), "aria-label", recent(entry));
  listConditions($(".conditions", details), entry, 0);
  const { totals } = shown;
  const figures = { succeeded: totals.successes, failed: totals.failures, slow: totals.slow, refused: totals.refused, ignored: totals.ignored,
    late: totals.late, cancelled: totals.cancelled, panicked: totals.panicked, "re-opened": shown.reopens };
  const list = Object.entries(figures).map(([term, figure]) => {
    const item = element("div");
    item.append(element("dt", "", term), element("dd", "", figure === null ? "–" : count(figure)));
    return item;
  });
  $(".totals", details).replaceChildren(...list);
  const heard = transitions.filter(({ breaker }) => breaker === shown.name).slice(-10).reverse();
  $(".history", details).previousElementSibling.hidden = heard.length === 0;
  listTransitions($(".history", details), heard, false);
  const mayCommand = access === "control";
  $(".commands", details).hidden = !mayCommand;
  $(".read-only", details).hidden = mayCommand;
}

// Kept up to date while the user thinks about it.
function showConsequence() {
  const entry = entries.get(selected);
  const lines = entry ? consequence($(".confirm", page.confirm).dataset.command, entry) : ["This breaker is gone."];
  const text = $("#confirm-text");
  while (text.children.length > lines.length) text.lastChild.remove();
  lines.forEach((line, place) => write(text.children[place] ?? text.appendChild(element("p")), line));
}

function ask(command) {
  const { confirm } = page;
  stopWaiting();
  write($("h2", confirm), `${COMMANDS[command]} “${printable(selected)}”?`);
  $(".error", confirm).textContent = "";
  const button = $(".confirm", confirm);
  write(button, COMMANDS[command]);
  button.classList.toggle("harsh", command !== "reset");
  button.dataset.command = command;
  showConsequence();
  confirm.showModal();
}

// Ends the wait for the answer to the last command.
let waiting = null;

function stopWaiting() {
  waiting?.abort();
  waiting = null;
  $(".confirm", page.confirm).ariaDisabled = null;
}

async function carryOut(command) {
  if (waiting) return;
  const { confirm } = page;
  const [error, button] = [$(".error", confirm), $(".confirm", confirm)];
  error.textContent = "";
  button.ariaDisabled = "true";
  const own = new AbortController();
  waiting = own;
  try {
    const address = new URL(`=${encodeURIComponent(selected)}/${command}`, base);
    const signal = AbortSignal.any([own.signal, AbortSignal.timeout(PATIENCE * 1000)]);
    const answer = await fetch(address, { method: "POST", signal });
    if (!answer.ok) throw new Error(await problem(answer));
    take(await answer.json(), now());
    schedule(true);
    if (waiting === own) confirm.close();
  } catch (failure) {
    // Another question has taken its place.
    if (waiting !== own) return;
    error.textContent = failure.name === "TimeoutError" ? `There was no answer for ${PATIENCE} s. The command may still be carried out.`
      : `The command failed: ${failure.message}`;
  } finally {
    if (waiting === own) stopWaiting();
  }
}

for (const [command, text] of Object.entries(COMMANDS)) {
  const button = element("button", "command", `${text} …`);
  button.type = "button";
  button.dataset.command = command;
  button.addEventListener("click", () => ask(command));
  $(".commands", page.details).append(button);
}
$(".close", page.details).addEventListener("click", () => page.details.close());
$(".cancel", page.confirm).addEventListener("click", () => page.confirm.close());
$(".confirm", page.confirm).addEventListener("click", ({ currentTarget }) => carryOut(currentTarget.dataset.command));
for (const dialog of [page.details, page.confirm]) {
  dialog.addEventListener("click", ({ target }) => { if (target === dialog) dialog.close(); });
}

// ---- filter ----

for (const [state, text] of [["all", "All"], ...Object.entries(STATES)]) {
  const button = element("button", "", text);
  button.type = "button";
  button.dataset.state = state;
  button.append(element("span", "count", "0"));
  button.addEventListener("click", () => want({ state }));
  page.states.append(button);
}
function want(change) {
  wanted = { ...wanted, ...change };
  folded.clear();
  schedule(true);
}
$("#search").addEventListener("input", ({ target }) => want({ text: target.value }));
$("#sort").addEventListener("change", ({ target }) => want({ order: target.value }));
$("#filter").addEventListener("submit", (event) => event.preventDefault());
$("button", page.empty).addEventListener("click", () => {
  $("#search").value = "";
  want({ state: "all", text: "" });
});
page.changes.addEventListener("toggle", () => schedule(true));
addEventListener("scroll", () => schedule(), { passive: true });
addEventListener("resize", () => schedule());
page.rows.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const row = document.activeElement.closest("[role=row]");
  if (!step || !row) return;
  event.preventDefault();
  const neighbour = step > 0 ? row.nextElementSibling : row.previousElementSibling;
  if (!neighbour) return;
  $("button", neighbour).focus();
  neighbour.scrollIntoView({ block: "nearest" });
});

// ---- live ----

const stream = new URL("events", base);
let source = null;
// Why there is no stream.
let refusal = "";

function connect() {
  if (source) return;
  const opened = new EventSource(stream);
  source = opened;
  opened.addEventListener("everything", ({ data }) => everything(JSON.parse(data)));
  opened.addEventListener("change", ({ data }) => change(JSON.parse(data)));
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

async function problem(answer) {
  const { detail } = await answer.json().catch(() => ({}));
  return detail ?? `the server answered ${answer.status}`;
}

// A stream takes one of the six connections that a browser makes to a server of HTTP/1.1; commands and other pages need some, too. So of
// all pages of a browser, hidden ones leave the stream to another page, and learn their title from it.
const pages = new BroadcastChannel(base.href);
const id = Math.random();

function share() {
  pages.postMessage({ title: document.title, rank: [document.hidden ? 1 : 0, id] });
}

pages.addEventListener("message", ({ data: { title, rank } }) => {
  if (!document.hidden) return;
  // The page with the stream has been closed.
  if (!title) connect();
  else if (!source || rank[0] === 0 || rank[1] < id) {
    disconnect();
    isTold = false;
    lastMessage = Date.now();
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

function tick() {
  // The page with the stream may have ended without a word.
  if (!document.hidden || silence() > 10) connect();
  if (!source) return;
  const isLost = isTold && !isLive();
  const { connection } = page;
  const why = refusal && `: ${refusal}`;
  connection.className = isLost || why ? "lost" : isTold ? "live" : "";
  write(connection, isLost ? `connection lost${why}; showing data from ${duration(silence())} ago` : isTold ? "live" : why ? `not connected${why}` : "connecting");
  document.body.classList.toggle("stale", isLost);
  entitle();
  schedule();
}

setInterval(tick, 1000);
connect();
