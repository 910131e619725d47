// The list of events: what happened, the newest first; alarms are acknowledged, closed and written to here.
import * as clock from "./clock.js";
import { make } from "./form.js";

const STATES = { new: "New", progress: "In progress", false: "False alarm", closed: "Closed" };
const WISHES = { "": "All events", "new,progress": "Alarms to see to", closed: "Closed", false: "False alarms" };
const wish = { states: "", source: "", channel: "" };

export const events = {
  name: "events",
  title: "Events",
  get asks() {
    const asked = new URLSearchParams({ grouped: true, limit: 200 });
    if (wish.states) asked.set("states", wish.states);
    if (wish.source) asked.set("sources", wish.source);
    if (wish.channel) asked.set("channels", wish.channel);
    return [`/events?${asked}`, "/events/kinds", "/channels"];
  },
  parts([found, kinds, channels], view) {
    const names = Object.fromEntries(channels.map((one) => [one.number, one.name]));
    const filters = make("div", { className: "bar" },
      choice(view, "states", "Which", WISHES),
      choice(view, "channel", "Camera", { "": "All cameras", ...names }),
      choice(view, "source", "Kind", { "": "All kinds", ...Object.fromEntries(kinds.map((one) => [one.name, one.title])) }),
      make("a", { className: "plain", href: "/api/v1/events/csv", download: "events.csv", textContent: "CSV" }));
    if (!found.events.length) return [filters, make("p", { className: "quiet", textContent: "No event is like that." })];
    return [filters, make("ul", { className: "events" }, ...found.events.map((one) => row(one, names, view)))];
  },
};

function choice(view, name, label, options) {
  const select = make("select", { ariaLabel: label });
  select.dataset.key = `filter-${name}`;
  for (const [value, words] of Object.entries(options)) select.append(make("option", { value, textContent: words }));
  select.value = wish[name];
  select.onchange = () => { wish[name] = select.value; view.look(); };
  return select;
}

function row(one, names, view) {
  const when = clock.moment(one.begin_us / 1000);
  const where = one.channel ? names[one.channel] || `Camera ${one.channel}` : "";
  const times = one.alike > 1 ? ` (${one.alike} times)` : "";
  const lasts = one.end_us === null ? "goes on" : "";
  const tone = one.state === "new" ? "bad" : one.state === "progress" ? "warning" : "quiet";
  const state = one.state ? [STATES[one.state], one.state === "new" ? "" : one.handled_by] : [];
  const parts = [
    make("strong", { textContent: `${one.pinned ? "📌 " : ""}${one.words}${times}` }),
    make("span", { className: "quiet", textContent: [when, lasts, where, one.title].filter(Boolean).join(" · ") }),
    make("span", { className: `tone ${tone}`, textContent: state.filter(Boolean).join(" · ") }),
    ...one.comments.map((said) => make("span", { className: "quiet", textContent: `${said.who}: ${said.words}` })),
  ];
  return make("li", {}, make("div", {}, ...parts), make("div", { className: "deeds" }, ...deeds(one, view)));
}

function deeds(one, view) {
  const group = { whole_group: one.alike > 1 };
  const path = `/alarms/${one.id}`;
  const found = [];
  const add = (name, words, act) => found.push(view.button(`${name}-${one.group || one.id}`, words, act));
  if (one.state === "new") add("seen", "Acknowledge", () => view.act("POST", `${path}/acknowledge`, group));
  if (one.state === "new" || one.state === "progress") {
    add("close", "Close", () => view.act("PATCH", path, { state: "closed", ...group }));
    add("false", "False alarm", () => view.act("PATCH", path, { state: "false", ...group }));
  }
  add("write", "Comment", () => {
    const words = prompt("What you saw or did")?.trim();
    if (words) view.act("POST", `${path}/comments`, { words });
  });
  add("pin", one.pinned ? "Unpin" : "Pin", () => view.act("PATCH", path, { pinned: !one.pinned }));
  return found;
}
