// Changes of state for screen readers, combined if there are many.

import { STATES } from "./data.js";
import { page } from "./page.js";
import { printable } from "./words.js";

let unsaid = [];
let saying = null;

export function announce(heard) {
  unsaid.push(...heard.filter(({ from, to }) => from !== to));
  saying ??= setTimeout(() => {
    saying = null;
    const text = unsaid.length > 3 ? `${unsaid.length} changes of state`
      : unsaid.map(({ breaker, to, reason }) => `${printable(breaker)} is ${STATES[to].toLowerCase()}: ${reason}`).join(". ");
    unsaid = [];
    if (text) page.announcement.textContent = text;
  }, 1000);
}
