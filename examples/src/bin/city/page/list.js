// The messages as they cross, and the filters.
import { PROTOCOLS, clock, find, make, named, outcome, span } from "./make.js";
import { open, opened } from "./detail.js";

const HEARTBEAT = 1006;
const SHOWN = 2000; // rows in the table
const KEPT = 5000; // rows to filter, as many as the sandbox keeps

const list = find("list");
const rows = find("rows");
const filters = find("filters");

let messages = []; // oldest first
let queue = []; // what came and is not yet among them
export let last = 0; // id of the newest that was told
let cleared = 0; // what is up to this id was cleared away
let held = null; // what came while the view pauses
let unseen = 0; // what came below the visible part
let follows = true; // the newest stays in view

/** Whether the filters let a message through. */
function matcher() {
  const wanted = filters.elements;
  const text = (name) => wanted[name].value.trim().toLowerCase();
  const [protocol, called, plate] = ["protocol", "interface", "plate"].map(text);
  return (row) =>
    row.id > cleared &&
    (wanted.heartbeats.checked || row.code !== HEARTBEAT) &&
    (!protocol || row.protocol === protocol) &&
    (!called || `${row.code ?? ""} ${row.interface} ${row.title}`.toLowerCase().includes(called)) &&
    (!plate || row.plates.some((known) => known.toLowerCase().includes(plate)));
}

function line(row) {
  const cell = (className, ...children) => make("td", { className }, ...children);
  const element = make(
    "tr",
    { id: `m${row.id}`, tabIndex: -1, data: { id: row.id, protocol: row.protocol, outcome: row.outcome } },
    cell("time", clock(row.time)),
    cell("way", row.from, span("arrow", " → "), row.to),
    make("td", { className: "interface", title: `${PROTOCOLS[row.protocol] ?? row.protocol}, ${row.title}` }, ...named(row)),
    cell("plate", row.plates.join(" ")),
    cell("transport", row.transport),
    make("td", { className: "result", title: row.reason ?? "" }, ...outcome(row)),
    cell("took", row.took.toFixed(1)),
  );
  element.setAttribute("aria-selected", String(row.id === opened?.id));
  return element;
}

/** Puts the table up anew. */
function draw() {
  const shown = messages.filter(matcher()).slice(-SHOWN);
  rows.replaceChildren(...shown.map(line));
  unseen = 0;
  note();
  to_end();
}

function to_end() {
  follows = true;
  list.scrollTop = list.scrollHeight;
}

/** Adds what came. */
function add(news) {
  const wanted = news.filter(matcher());
  rows.append(...wanted.map((row) => Object.assign(line(row), { className: "new" })));
  while (rows.rows.length > SHOWN) rows.rows[0].remove();
  unseen = follows ? 0 : unseen + wanted.length;
  note();
  if (follows) to_end();
}

/** What is said about the list. */
function note() {
  const shown = rows.rows.length;
  find("count").textContent = held?.length ? `${held.length} waiting` : `${shown} of ${messages.length} messages`;
  find("empty").hidden = shown > 0;
  find("empty").textContent = messages.length
    ? "No message passes the filters."
    : "No message yet. Play a scenario, or connect your own software.";
  find("newer").hidden = unseen === 0;
  find("newer").textContent = `↓ ${unseen} new`;
  find("clear").textContent = cleared ? "Show all" : "Clear view";
  // One row can be reached by Tab, the others from there by the arrows.
  const reachable = rows.querySelector("[aria-selected=true]") ?? rows.lastElementChild;
  if (!rows.contains(document.activeElement)) reach(reachable);
}

function reach(row) {
  rows.querySelector("[tabindex='0']")?.setAttribute("tabindex", "-1");
  row?.setAttribute("tabindex", "0");
}

/** Begins with what the sandbox kept. */
export function fill(kept) {
  messages = kept;
  last = kept.at(-1)?.id ?? 0;
  draw();
}

/** All that was told is of a sandbox that is gone. */
export function forget() {
  [messages, queue, last, cleared] = [[], [], 0, 0];
  if (held) held = [];
  draw();
}

/** Takes what the sandbox told; many at once become one change of the page. */
export function take(row) {
  if (row.id <= last) return;
  last = row.id;
  if (queue.push(row) === 1) setTimeout(() => take_in(queue.splice(0)), 30);
}

function take_in(news) {
  if (held) {
    held.push(...news);
    return note();
  }
  messages.push(...news);
  messages.splice(0, messages.length - KEPT);
  add(news);
}

rows.addEventListener("click", (event) => {
  const row = event.target.closest("tr");
  // Who marks text wants to copy it.
  if (row && getSelection().isCollapsed) open(Number(row.dataset.id));
});

rows.addEventListener("keydown", (event) => {
  const row = event.target.closest("tr");
  const next = {
    ArrowDown: row.nextElementSibling,
    ArrowUp: row.previousElementSibling,
    Home: rows.firstElementChild,
    End: rows.lastElementChild,
  }[event.key];
  if (next) {
    reach(next);
    next.focus();
    if (opened) open(Number(next.dataset.id));
  } else if (event.key === "Enter" || event.key === " ") {
    open(Number(row.dataset.id));
  } else {
    return;
  }
  event.preventDefault();
});

list.addEventListener("scroll", () => {
  follows = list.scrollHeight - list.scrollTop - list.clientHeight < 20;
  if (unseen && follows) {
    unseen = 0;
    note();
  }
});

new ResizeObserver(() => {
  if (follows) to_end();
}).observe(list);

find("newer").addEventListener("click", to_end);

find("pause").addEventListener("click", (event) => {
  const news = held;
  held = held ? null : [];
  event.target.textContent = held ? "Resume" : "Pause";
  event.target.setAttribute("aria-pressed", String(held !== null));
  take_in(news ?? []);
  note();
});

find("clear").addEventListener("click", () => {
  cleared = cleared ? 0 : last;
  draw();
});

/** The filters are in the address, so that it can be passed on. */
function keep() {
  const query = new URLSearchParams();
  for (const { name, type, checked, value } of filters.elements) {
    if (name && (type === "checkbox" ? checked : value.trim())) query.set(name, type === "checkbox" ? "1" : value.trim());
  }
  const text = query.toString();
  history.replaceState(null, "", (text ? `?${text}` : location.pathname) + location.hash);
}

filters.addEventListener("submit", (event) => event.preventDefault());
filters.addEventListener("input", () => {
  keep();
  draw();
});

for (const [value, text] of Object.entries(PROTOCOLS)) filters.elements.protocol.append(make("option", { value }, text));
for (const [name, value] of new URLSearchParams(location.search)) {
  const control = filters.elements.namedItem(name);
  if (control?.type === "checkbox") control.checked = value === "1";
  else if (control instanceof HTMLElement) control.value = value;
}
