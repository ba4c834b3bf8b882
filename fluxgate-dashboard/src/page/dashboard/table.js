// The table: only the rows in sight are in the document.

import { STATES, URGENCY, clock, entries, since, together, traffic } from "./data.js";
import { open } from "./dialogs.js";
import { listConditions } from "./lists.js";
import { element, label, onDraw, page, schedule, write } from "./page.js";
import { draw, palette } from "./strip.js";
import { calls, count, duration, next, perSecond, printable, recent, why } from "./words.js";

// Which breakers to show.
export let wanted = { state: "all", text: "", order: "urgency" };
// Families shown breaker by breaker: without a filter, the unfolded ones; with a filter, all except the folded ones.
const unfolded = new Set();
const folded = new Set();
const made = new Map();
// The lines, from the first to the last.
export let order = [];

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

export function want(change) {
  wanted = { ...wanted, ...change };
  folded.clear();
  schedule(true);
}

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

function fill(parts, line) {
  if (line.members) fillFamily(parts, line);
  else fillBreaker(parts, line);
}

function fillBreaker(parts, { name, entry, within }) {
  const { shown } = entry;
  if (parts.shown !== shown || parts.within !== within) {
    parts.shown = shown;
    parts.within = within;
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

function render(isDirty) {
  if (isDirty) arrange();
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
}

// Puts the rows in order for keyboards and screen readers, without touching the focused one.
function inOrder(rows) {
  if (rows.length === 0) return;
  const kept = Math.max(0, rows.findIndex((row) => row.contains(document.activeElement)));
  if (!rows[kept].isConnected) page.rows.append(rows[kept]);
  for (let index = kept - 1; index >= 0; index--) if (rows[index].nextSibling !== rows[index + 1]) rows[index + 1].before(rows[index]);
  for (let index = kept + 1; index < rows.length; index++) if (rows[index - 1].nextSibling !== rows[index]) rows[index - 1].after(rows[index]);
}

onDraw(render);
