// The elements of the page, and when they are drawn.

// Where the dashboard is mounted.
export const base = new URL("..", import.meta.url);
export const $ = (selector, within = document) => within.querySelector(selector);
export const page = {
  rows: $("#rows"), table: $("#table"), empty: $("#empty"), states: $("#states"), connection: $("#connection"),
  changes: $("#changes"), announcement: $("#announcement"), details: $("#details"), confirm: $("#confirm"),
};

export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

// Writes only if the text differs, to leave the rest of the page alone.
export function write(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

export function label(target, attribute, value) {
  if (target.getAttribute(attribute) !== value) target.setAttribute(attribute, value);
}

const drawings = [];
let isDirty = true;
let isScheduled = false;

// Has a part of the page drawn. It is told whether what it shows may have changed; otherwise only time has passed, or the window moved.
export function onDraw(drawing) {
  drawings.push(drawing);
}

export function schedule(dirty = false) {
  isDirty ||= dirty;
  if (isScheduled) return;
  isScheduled = true;
  requestAnimationFrame(() => {
    const wasDirty = isDirty;
    isScheduled = false;
    isDirty = false;
    for (const drawing of drawings) drawing(wasDirty);
  });
}
