// Elements, and what several parts of the page show alike. Messages are what anybody may send, so they become text nodes and nothing else.

export const PROTOCOLS = {
  sztc: "DB4403/T 313",
  evcs: "T/CEC 102",
  kt: "KT 科拓",
  xingxing: "Star Charge 星星充电",
  pile: "Pile vendors 桩企",
};

export const find = (id) => document.getElementById(id);

/** An element with children: elements, texts, nothing. */
export function make(tag, options = {}, ...children) {
  const { on, data, ...properties } = options;
  const element = Object.assign(document.createElement(tag), properties);
  for (const [event, act] of Object.entries(on ?? {})) element.addEventListener(event, act);
  Object.assign(element.dataset, data);
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

export const span = (className, ...children) => make("span", { className }, ...children);
export const clock = (time) => time.slice(11, 23);
export const button = (text, act, options = {}) => make("button", { type: "button", on: { click: act }, ...options }, text);

/** Number, name and Chinese name of an interface. */
export function named(row) {
  const unnamed = row.outcome === "failed" ? "no message" : "unreadable";
  const name = row.interface || (row.code === null ? unnamed : "");
  return [span("code", row.code === null ? "" : String(row.code)), span("name", name), span("title", row.title)];
}

/** What became of a message, and what the line did to it. */
export function outcome(row) {
  const faults = row.faults.map((fault) => span("tag fault", fault.replaceAll("-", " ")));
  return [span(`outcome ${row.outcome}`, row.outcome), row.reason ? span("reason", row.reason) : null, ...faults];
}

/** Breaks and indents JSON, and leaves every value as it is: numbers here have more digits than a script can count with. */
export function pretty(text) {
  const token = /"(?:[^"\\]|\\[^])*"|[{}[\],:]|[^\s{}[\],:"]+|"/g;
  let depth = 0;
  let out = "";
  let before = "";
  const fresh = () => "\n" + "  ".repeat(Math.min(depth, 40));
  for (const [part] of text.matchAll(token)) {
    const closes = part === "}" || part === "]";
    if (closes) depth = Math.max(0, depth - 1);
    if (closes ? before !== "{" && before !== "[" : before === "{" || before === "[" || before === ",") out += fresh();
    out += part === ":" ? ": " : part;
    if (part === "{" || part === "[") depth += 1;
    before = part;
  }
  return out;
}

/** Takes a text, which `shown` shows, to the clipboard, and says so on the button. */
export async function copied(from, text, shown) {
  try {
    await navigator.clipboard.writeText(text);
    from.textContent = "Copied";
  } catch {
    // Away from localhost the clipboard needs TLS: the text is marked instead.
    getSelection().selectAllChildren(shown);
    from.textContent = "Marked";
  }
  setTimeout(() => (from.textContent = "Copy"), 1500);
}
