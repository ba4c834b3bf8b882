// Shows all breakers, live. Names are only ever inserted as text.

import { STATES, URGENCY, entries, isTold, transitions } from "./dashboard/data.js";
import { listTransitions } from "./dashboard/lists.js";
import { $, element, label, onDraw, page, schedule, write } from "./dashboard/page.js";
import "./dashboard/stream.js";
import { order, want, wanted } from "./dashboard/table.js";
import { ago, count, printable, said } from "./dashboard/words.js";

for (const [state, text] of [["all", "All"], ...Object.entries(STATES)]) {
  const button = element("button", "", text);
  button.type = "button";
  button.dataset.state = state;
  button.append(element("span", "count", "0"));
  button.addEventListener("click", () => want({ state }));
  page.states.append(button);
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

function summarise(isDirty) {
  if (!isDirty) return;
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

onDraw(summarise);
