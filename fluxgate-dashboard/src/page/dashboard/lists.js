// Lists of conditions and of transitions.

import { element } from "./page.js";
import { ago, printable, said, why } from "./words.js";

export function listConditions(list, entry, most) {
  const { shown } = entry;
  const items = [];
  const cause = why(entry);
  // A row of the table has no other place for it.
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

export function listTransitions(list, shown, named) {
  list.replaceChildren(...shown.map((transition) => {
    const item = element("li");
    item.append(element("time", "", ago(transition)), element("bdi", "", named ? `${printable(transition.breaker)}: ${said(transition)}` : said(transition)));
    return item;
  }));
}
