// Of what one is told as it happens: kinds, cameras, nothing at all for a while; and what was muted is heard again.
import { ask } from "./api.js";
import * as clock from "./clock.js";
import { make } from "./form.js";
import { sheet } from "./sheet.js";

const STAYS = "stays";
const OFF = { 0: "On", 30: "Off for 30 minutes", 60: "Off for an hour", 480: "Off for 8 hours", 1440: "Off for a day", 9999: "Off for a week" };

export async function receive() {
  const [wishes, kinds, channels] = await Promise.all(["/alarms/receiving", "/events/kinds", "/channels"].map((path) => ask("GET", path)));
  const named = Object.fromEntries(kinds.map((one) => [one.name, one.title]));
  const cameras = Object.fromEntries(channels.map((one) => [one.number, one.name]));
  const off = make("select", { name: "off" });
  const times = Object.entries(OFF);
  if (wishes.off_until_us) times.splice(1, 0, [STAYS, `Off until ${clock.moment(wishes.off_until_us / 1000)}`]);
  off.append(...times.map(([value, textContent]) => make("option", { value, textContent })));
  off.value = wishes.off_until_us ? STAYS : "0";
  return sheet({
    title: "What I am told", label: "Save", wide: true,
    words: "Of what you are told as it happens, here and at the recorder. The list of events has all of it.",
    parts: [
      make("label", {}, "Messages", off),
      choices("sources", "Kinds of events", named, wishes.sources),
      choices("channels", "Cameras", cameras, wishes.channels),
      ...wishes.mutes.map((one) => muted(one, named, cameras)),
    ],
    act: (_values, form) => ask("PUT", "/alarms/receiving", {
      sources: chosen(form, "sources", named), channels: chosen(form, "channels", cameras)?.map(Number) ?? null,
      off_minutes: off.value === STAYS ? null : Number(off.value),
    }),
  });
}

// What a mute is about: its kind, and its camera or what else it belongs to.
export function about(one, named, cameras) {
  return [named[one.source] ?? one.source, cameras[one.item] ?? one.item].filter(Boolean).join(", ");
}

export const soundAgain = (one) => ask("DELETE", `/alarms/receiving/mutes?${new URLSearchParams({ source: one.source, item: one.item })}`);

// Boxes below a line that says how many are ticked; all of them: whatever comes later, too.
function choices(name, words, offered, ticked) {
  const all = Object.keys(offered);
  const boxes = all.map((value) => make("label", { className: "check" }, make("input", { type: "checkbox", name, value,
    checked: ticked === null || ticked.map(String).includes(value) }), offered[value]));
  const head = make("summary", {});
  const node = make("details", {}, head, make("div", { className: "checks" }, ...boxes));
  const say = () => {
    const count = node.querySelectorAll(":checked").length;
    head.textContent = `${words}: ${count === all.length ? "all" : `${count} of ${all.length}`}`;
  };
  node.onchange = say;
  say();
  return node;
}

function chosen(form, name, offered) {
  const values = new FormData(form).getAll(name);
  return values.length === Object.keys(offered).length ? null : values;
}

function muted(one, named, cameras) {
  const words = make("p", { textContent: `Muted until ${clock.moment(one.until_us / 1000)}: ${about(one, named, cameras)}` });
  const again = make("button", { type: "button", className: "plain", textContent: "Sound again" });
  const row = make("div", { className: "own" }, words, again);
  again.onclick = () => soundAgain(one).then(() => row.remove()).catch((error) => { words.textContent = error.message; });
  return row;
}
