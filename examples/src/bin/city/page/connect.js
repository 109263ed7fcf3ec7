// Software of one's own: where it can connect, and what the city may ask of it.
import { PROTOCOLS, copied, find, make, pretty } from "./make.js";

const command = find("command");
const form = find("ask");
const { question: chosen, request } = form.elements;
const ways = Object.fromEntries([...form.querySelectorAll("[name=way]")].map((way) => [way.value, way]));

/** By number: the interface, and the request as it was left. */
const questions = new Map();
let shown = null;
let wanted = "tcp";
let asking = false;

/** Shows what the sandbox says of itself. */
export function connect({ places, questions: known }) {
  const cell = (className, text) => make("td", { className }, text);
  const line = ({ role, protocol, address, how }) =>
    make("tr", {}, cell("role", role), cell("protocol", PROTOCOLS[protocol] ?? protocol), cell("address", address), cell("how", how));
  find("places").replaceChildren(...places.map(line));
  first_call(places);
  for (const question of known) questions.set(String(question.code), { ...question, text: pretty(question.sample) });
  const option = ({ code, name, title }) => make("option", { value: code }, `${code} ${name} ${title}`);
  chosen.replaceChildren(...known.map(option));
  shown = null;
  choose();
}

/** The command for a report to the first place where a guest logs in. */
function first_call(places) {
  for (const { address, how } of places) {
    const said = /^user ([^\s,]+), password ([^\s,]+), DES key ([^\s,;]+)/.exec(how);
    if (!said || !address.startsWith("https:")) continue;
    const [, user, password, key] = said;
    const lines = [
      `WIRE_PASSWORD=${password} WIRE_KEY=${key}`,
      "wire call --protocol sztc --interface 5003",
      `--url ${address} --user ${user} --ca authority.pem`,
      `--body '{"parkCode":"44030400100101000010","usedSpaces":180,"unusedSpaces":120}'`,
    ];
    command.textContent = lines.join(" \\\n  ");
    find("first").hidden = false;
    return;
  }
}

/** Shows the request of the chosen interface as it was left. */
function choose() {
  if (shown) shown.text = request.value;
  shown = questions.get(chosen.value);
  request.value = shown.text;
  ways.tcp.disabled = !shown.tcp;
  ways.tcp.parentElement.title = shown.tcp ? "" : "Table 1 gives this interface no TCP";
  ways[shown.tcp ? wanted : "https"].checked = true;
}

function say(className, text, answer = "") {
  Object.assign(find("asked"), { className, textContent: text });
  Object.assign(find("answer"), { hidden: !answer, textContent: answer });
}

async function ask() {
  if (asking || !shown) return;
  asking = true;
  say("", "Asking: it has ten seconds to log in and answer …");
  const { code, name } = shown;
  const way = ways.tcp.checked ? "tcp" : "https";
  try {
    const reply = await fetch(`/api/ask/${way}/${code}`, { method: "POST", body: request.value });
    const text = await reply.text();
    if (reply.ok) say("answered", `${code} ${name} is answered:`, pretty(text));
    else say("failed", text.trim());
  } catch {
    say("failed", "The sandbox cannot be reached.");
  }
  asking = false;
}

find("copy").addEventListener("click", ({ target }) => copied(target, command.textContent, command));
chosen.addEventListener("change", choose);
for (const way of Object.values(ways)) way.addEventListener("change", () => (wanted = way.value));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
