// One message, opened: both sides, each explained, as JSON, and as it was sent.
import { PROTOCOLS, button, clock, copied, find, make, named, outcome, pretty, span } from "./make.js";

const VIEWS = { explained: "Explained", json: "JSON", raw: "As sent" };

const detail = find("detail");
const rows = find("rows");

/** The message in the panel, with both sides. */
export let opened = null;
let side = "request";
let view = "explained";

/** Opens a message: the address names it, and what the address names is shown. */
export function open(id) {
  if (location.hash === `#${id}`) return;
  if (opened) history.replaceState(null, "", `#${id}`);
  else history.pushState(null, "", `#${id}`);
  show();
}

function close() {
  const id = opened?.id;
  history.replaceState(null, "", location.pathname + location.search);
  show();
  document.getElementById(`m${id}`)?.focus();
}

/** Shows the message that the address names. */
export async function show() {
  const id = Number(location.hash.slice(1));
  rows.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
  if (!Number.isInteger(id) || id < 1) {
    opened = null;
    detail.hidden = true;
    document.body.classList.remove("opened");
    return;
  }
  const row = document.getElementById(`m${id}`);
  row?.setAttribute("aria-selected", "true");
  opened = { id, problem: "Loading…" };
  let message;
  try {
    const reply = await fetch(`/api/messages/${id}`);
    message = reply.ok ? await reply.json() : { id, problem: await reply.text() };
  } catch {
    message = { id, problem: "The sandbox cannot be reached." };
  }
  // Somebody was faster and opened another.
  if (opened?.id !== id) return;
  opened = message;
  if (!message.reply) side = "request";
  document.body.classList.add("opened");
  detail.hidden = false;
  draw_detail();
  row?.scrollIntoView({ block: "nearest" });
}

function draw_detail() {
  const message = opened;
  const shut = button("✕", close, { className: "close", title: "Close (Esc)", ariaLabel: "Close" });
  if (message.problem) {
    const head = make("div", { className: "head" }, make("div", { className: "top" }, make("h2", {}, `Message ${message.id}`), shut));
    detail.replaceChildren(head, make("p", { className: "empty" }, message.problem));
    return;
  }
  const about = message.request?.interface?.about;
  const way = `${message.from} → ${message.to}`;
  const took = `${message.took.toFixed(1)} ms`;
  const protocol = PROTOCOLS[message.protocol] ?? message.protocol;
  const facts = [protocol, way, message.transport, clock(message.time), took, ...message.plates];
  const tab = (name, text) =>
    button(text, () => choose(() => (side = name)), {
      disabled: !message[name],
      ariaPressed: String(side === name),
      data: { problems: problems(message[name]) },
    });
  const look = ([name, text]) => button(text, () => choose(() => (view = name)), { ariaPressed: String(view === name) });
  const shown = message[side] ?? {};
  const content = { explained, json, raw }[view](shown);
  const copy = button("Copy", (event) => copied(event.target, content.text, detail.querySelector(".content")), { className: "copy", disabled: !content.text });
  const sides = [tab("request", "Request"), tab("reply", message.reply ? "Reply" : "No reply")];
  const tabs = [
    make("div", { className: "switch", role: "group", ariaLabel: "Side" }, ...sides),
    make("div", { className: "switch", role: "group", ariaLabel: "View" }, ...Object.entries(VIEWS).map(look)),
    copy,
  ];
  const top = make("div", { className: "top", data: { protocol: message.protocol } }, make("h2", {}, ...named(message)), shut);
  detail.replaceChildren(
    make("div", { className: "head" }, top, make("div", { className: "tabs" }, ...tabs)),
    make("p", { className: "facts" }, ...facts.map((fact) => span("fact", fact))),
    make("p", { className: "result" }, ...outcome(message)),
    make("p", { className: "about" }, about ?? ""),
    make("div", { className: `content ${view}` }, ...content.shown),
  );
  detail.scrollTop = 0;
}

function choose(change) {
  change();
  draw_detail();
}

function problems(shown) {
  return shown?.violations?.length ? "bad" : shown?.deviations?.length ? "odd" : "";
}

/** Fields with their meanings; what breaks or departs from the document comes first, and once more at its field. */
function explained(shown) {
  if (!shown.fields) {
    const none = shown.raw ? "This is no message that the protocol knows. See it as it was sent." : "Nothing was sent.";
    return { shown: [make("p", { className: "empty" }, none)], text: "" };
  }
  const findings = [
    ...(shown.violations ?? []).map((found) => ({ ...found, className: "violation", word: "breaks the document" })),
    ...(shown.deviations ?? []).map((found) => ({ ...found, className: "deviation", word: found.kind ?? "departs from the document" })),
  ];
  const said = findings.map(({ className, word, path, problem }) =>
    make("li", { className }, span("word", word), span("path", path || "(message)"), span("problem", problem)),
  );
  const notes = (shown.notes ?? []).map((text) => make("li", { className: "note" }, text));
  const lines = shown.fields.map((field) => {
    const here = findings.filter((found) => found.path === field.path);
    // Long paths break behind their dots.
    const parts = field.path.split(/(?<=[.])/);
    const name = parts.pop() ?? "";
    const before = parts.flatMap((part) => [span("before", part), make("wbr")]);
    const called = field.name && field.name !== name && !field.path.endsWith(field.name) ? span("small", field.name) : null;
    const extra = [field.unit && span("unit", field.unit), field.table && span("table", field.table)].filter(Boolean);
    return make(
      "tr",
      { className: here[0]?.className ?? "" },
      make("th", { scope: "row" }, ...before, span("last", name), called),
      make("td", { className: "value" }, span("given", field.value), span("meant", field.valueName)),
      make(
        "td",
        { className: "meaning" },
        ...(field.meaning === null ? [span("unknown", "not in the document")] : marked(field.meaning)),
        extra.length ? span("extra", ...extra) : null,
        ...here.map((found) => span("problem", found.problem)),
      ),
    );
  });
  const columns = ({ path, value, valueName, meaning, unit, table }) => [path, value, valueName, meaning, unit, table];
  const text = shown.fields.map((field) => columns(field).map((part) => part ?? "").join("\t"));
  return {
    shown: [
      make("p", { className: "form" }, shown.form),
      said.length || notes.length ? make("ul", { className: "findings" }, ...said, ...notes) : null,
      make("table", { className: "fields" }, make("tbody", {}, ...lines)),
    ].filter(Boolean),
    text: text.join("\n"),
  };
}

/** Text with its `names` set apart. */
function marked(text) {
  return text.split("`").map((part, number) => (number % 2 ? span("path", part) : part));
}

function json(shown) {
  const texts = (shown.plain ?? []).map(pretty);
  if (!texts.length) return { shown: [make("p", { className: "empty" }, "There is no JSON in it that could be opened.")], text: "" };
  return { shown: texts.map((text) => make("pre", {}, text)), text: texts.join("\n") };
}

function raw(shown) {
  return { shown: [make("pre", {}, shown.raw ?? "")], text: shown.raw ?? "" };
}

addEventListener("hashchange", show);
addEventListener("popstate", show);
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && opened) close();
});
