// The list of events: what happened, the newest first; alarms are acknowledged, closed, written to and muted here.
import * as clock from "./clock.js";
import { make } from "./form.js";
import { receive, soundAgain } from "./receiving.js";

const STATES = { new: "New", progress: "In progress", false: "False alarm", closed: "Closed" };
const PINNED = "pinned";
const WISHES = { "": "All events", "new,progress": "Alarms to see to", closed: "Closed", false: "False alarms", [PINNED]: "Pinned" };
const MUTES = [["", "Mute…"], ["10", "For 10 minutes"], ["60", "For an hour"], ["480", "For 8 hours"]];
const wish = { states: "", source: "", channel: "", grouped: true };

export const events = {
  name: "events",
  title: "Events",
  get asks() {
    const asked = new URLSearchParams({ grouped: wish.grouped, limit: 200 });
    if (wish.states === PINNED) asked.set("pinned", true);
    else if (wish.states) asked.set("states", wish.states);
    if (wish.source) asked.set("sources", wish.source);
    if (wish.channel) asked.set("channels", wish.channel);
    return [`/events?${asked}`, "/events/kinds", "/channels", "/alarms/receiving"];
  },
  parts([found, kinds, channels, wishes], view) {
    const names = Object.fromEntries(channels.map((one) => [one.number, one.name]));
    const filters = make("div", { className: "bar" },
      choice(view, "states", "Which", Object.entries(WISHES)),
      choice(view, "channel", "Camera", [["", "All cameras"], ...Object.entries(names)]),
      choice(view, "source", "Kind", [["", "All kinds"], ...kinds.map((one) => [one.name, one.title])]),
      grouped(view),
      view.button("receiving", "What I am told", () => receive().then((done) => { if (done) view.look(); })
        .catch((error) => view.say(error.message, true))),
      make("a", { className: "plain", href: "/api/v1/events/csv", download: "events.csv", textContent: "CSV" }));
    const off = wishes.off_until_us
      ? [make("p", { className: "tone warning", textContent: `You are told of nothing until ${clock.moment(wishes.off_until_us / 1000)}.` })] : [];
    if (!found.events.length) return [filters, ...off, make("p", { className: "quiet", textContent: "No event is like that." })];
    const rows = found.events.map((one) => row(one, names, wishes, view));
    return [filters, ...off, make("ul", { className: "events" }, ...rows)];
  },
};

// `options` are pairs: an object would put numbers first, whatever their order.
function choice(view, name, label, options) {
  const select = make("select", { ariaLabel: label });
  select.dataset.key = `filter-${name}`;
  for (const [value, words] of options) select.append(make("option", { value, textContent: words }));
  select.value = wish[name];
  select.onchange = () => { wish[name] = select.value; select.blur(); view.look(); };
  return select;
}

function grouped(view) {
  const box = make("input", { type: "checkbox", checked: wish.grouped });
  box.dataset.key = "filter-grouped";
  box.onchange = () => { wish.grouped = box.checked; view.look(); };
  return make("label", { className: "check quiet" }, box, "Similar as one");
}

function row(one, names, wishes, view) {
  const when = clock.moment(one.begin_us / 1000);
  const where = one.channel ? names[one.channel] || `Camera ${one.channel}` : "";
  const times = one.alike > 1 ? ` (${one.alike} times)` : "";
  const lasts = one.end_us === null ? "goes on" : "";
  const tone = one.state === "new" ? "bad" : one.state === "progress" ? "warning" : "quiet";
  const mute = wishes.mutes.find((other) => other.source === one.source && other.item === one.item);
  const state = [one.pinned ? "Pinned" : "", one.state ? STATES[one.state] : "", one.state && one.state !== "new" ? one.handled_by : "",
    mute ? `muted until ${clock.moment(mute.until_us / 1000)}` : ""];
  const parts = [
    make("strong", { textContent: `${one.words}${times}` }),
    make("span", { className: "quiet", textContent: [when, lasts, where, one.title].filter(Boolean).join(" · ") }),
    make("span", { className: `tone ${tone}`, textContent: state.filter(Boolean).join(" · ") }),
    ...one.comments.map((said) => make("span", { className: "quiet", textContent: `${said.who}: ${said.words}` })),
  ];
  return make("li", { className: one.pinned ? "pinned" : "" }, make("div", {}, ...parts),
    make("div", { className: "deeds" }, ...deeds(one, mute, view)));
}

function deeds(one, mute, view) {
  const group = { whole_group: wish.grouped && one.alike > 1 };
  const path = `/alarms/${one.id}`;
  const found = [];
  const key = (name) => `${name}-${wish.grouped ? one.group || one.id : one.id}`;
  const add = (name, words, act) => found.push(view.button(key(name), words, act));
  if (one.state === "new") add("seen", "Acknowledge", () => view.act("POST", `${path}/acknowledge`, group));
  if (one.state === "new" || one.state === "progress") {
    add("close", "Close", () => view.act("PATCH", path, { state: "closed", ...group }));
    add("false", "False alarm", () => view.act("PATCH", path, { state: "false", ...group }));
  } else if (one.state) add("open", "Open again", () => view.act("PATCH", path, { state: "progress", ...group }));
  add("write", "Comment", () => {
    const words = prompt("What you saw or did")?.trim();
    if (words) view.act("POST", `${path}/comments`, { words });
  });
  add("pin", one.pinned ? "Unpin" : "Pin", () => view.act("PATCH", path, { pinned: !one.pinned }));
  if (mute) {
    add("again", "Sound again", () => soundAgain(mute).catch((error) => view.say(error.message, true)).then(() => view.look()));
  } else {
    const select = make("select", { ariaLabel: "Mute" }, ...MUTES.map(([value, textContent]) =>
      make("option", { value, textContent })));
    select.dataset.key = key("mute");
    select.onchange = () => { const minutes = Number(select.value); select.blur(); view.act("POST", `${path}/mute`, { minutes }); };
    found.push(select);
  }
  return found;
}
