// The last two minutes of a breaker, as bars.

import { SECONDS, clock } from "./data.js";
import { schedule } from "./page.js";

let colours = null;
export function palette() {
  if (!colours) {
    const style = getComputedStyle(document.documentElement);
    colours = Object.fromEntries(["success", "failure", "slow", "refused", "line"].map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  }
  return colours;
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  colours = null;
  schedule();
});

// Calls grow upwards from the line, failed ones at the bottom, with a narrow bar for slow ones; refused calls grow downwards. Each strip has
// its own scale: the busiest second fills it.
export function draw(canvas, entry) {
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
