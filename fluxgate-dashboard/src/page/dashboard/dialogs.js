// One breaker, and its commands.

import { STATES, access, entries, now, since, take, transitions } from "./data.js";
import { listConditions, listTransitions } from "./lists.js";
import { $, base, element, label, onDraw, page, schedule, write } from "./page.js";
import { problem } from "./stream.js";
import { draw } from "./strip.js";
import { consequence, count, duration, next, printable, recent, why } from "./words.js";

// How many seconds to wait for the answer to a command.
const PATIENCE = 10;
const COMMANDS = { reset: "Reset", force_open: "Force open", disable: "Disable", metrics_only: "Metrics only" };

let selected = null;

export function open(name) {
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

onDraw(() => {
  if (page.details.open) showDetails();
  if (page.confirm.open) showConsequence();
});
