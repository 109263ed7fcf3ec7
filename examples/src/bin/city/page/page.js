// The page: scenarios to play, and what the sandbox tells.
import { connect } from "./connect.js";
import { find, make, span } from "./make.js";
import { fill, forget, last, take } from "./list.js";
import { show } from "./detail.js";

const buttons = new Map();
const MARKS = { idle: "▷", waiting: "…", playing: "●", passed: "✓", failed: "✗" };

function set(offer, state, text) {
  Object.assign(offer, { state, text });
  offer.button.dataset.state = state;
  offer.mark.textContent = MARKS[state] ?? "";
  offer.mark.title = `${state} ${text}`;
}

function told({ scenario, state, text }) {
  const offer = buttons.get(scenario);
  if (!offer) return;
  set(offer, state === "step" ? "playing" : state, text);
  // A failure stays until it is played again; else what is being played says where it is, at last how it ended.
  const lines = [...buttons].filter(([, { state }]) => state === "failed" || state === "playing");
  if (!lines.length) lines.push([scenario, offer]);
  const line = ([name, { state, text }]) => make("p", { className: state }, span("who", `${MARKS[state]} ${name}`), text);
  find("told").replaceChildren(...lines.map(line));
}

async function play(scenario) {
  told({ scenario, state: "waiting", text: "" });
  const failed = (text) => told({ scenario, state: "failed", text });
  try {
    const reply = await fetch(`/api/play/${encodeURIComponent(scenario)}`, { method: "POST" });
    if (!reply.ok) failed(await reply.text());
  } catch {
    failed("the sandbox cannot be reached");
  }
}

function offers(scenarios) {
  for (const { name, section, title, about } of scenarios) {
    const mark = span("mark", MARKS.idle);
    const pressed = make(
      "button",
      { type: "button", title: `${about}\n${section}`, data: { scenario: name, state: "idle" }, on: { click: () => play(name) } },
      mark,
      span("name", name),
      span("title", title),
    );
    buttons.set(name, { button: pressed, mark, state: "idle", text: "" });
    find("scenarios").append(pressed);
  }
}

// Live

function live(state) {
  find("live").textContent = state;
  find("live").dataset.state = state;
}

function listen() {
  const events = new EventSource(`/api/events?after=${last}`);
  const on = (name, act) => events.addEventListener(name, (event) => act(JSON.parse(event.data)));
  on("begin", (begin) => {
    live("connected");
    // The sandbox began anew, with numbers that were given before.
    if (begin.last < last) forget();
    // What it knows of scenarios comes next; of those that it has forgotten it says nothing.
    for (const offer of buttons.values()) set(offer, "idle", "");
  });
  on("message", take);
  on("scenario", told);
  events.addEventListener("error", () => {
    live("reconnecting");
    if (events.readyState !== EventSource.CLOSED) return;
    setTimeout(listen, 2000);
  });
}

async function begin() {
  try {
    const [about, kept] = await Promise.all(["/api/about", "/api/messages"].map(async (path) => (await fetch(path)).json()));
    offers(about.scenarios);
    connect(about);
    fill(kept);
    await show();
    listen();
  } catch {
    live("reconnecting");
    setTimeout(begin, 2000);
  }
}

live("connecting");
begin();
