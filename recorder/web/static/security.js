// How safe the recorder is: one sentence, and a card for each thing that may be weak, with what mends it.
import { ask } from "./api.js";
import { make } from "./form.js";
import { online } from "./users.js";

const ADVICE = "/pages/security-advice";
// What a browser has no settings page for.
const OPENS = { account: "open-account", cameras: "channel", log: "open-log" };

export const security = {
  name: "security",
  title: "Security",
  againMs: 10000,
  asks: ["/security"],
  parts([told], view) {
    const head = make("div", { className: "summary" },
      make("p", { className: `tone ${told.tone}`, textContent: told.words }));
    return [head, make("div", { className: "groups" }, ...told.cards.map((one) => card(one, view)))];
  },
};

function card(one, view) {
  const deeds = [view.button(`open-${one.name}`, one.deed, () => open(one, view))];
  if (one.accepted || one.tone === "warning") {
    deeds.push(view.button(`warn-${one.name}`, one.accepted ? "Warn of it again" : "Warn of it no more",
      () => warn(one, view)));
  }
  return make("section", { className: "group" }, make("h3", { textContent: one.label }),
    make("p", { className: `tone ${one.tone}`, textContent: one.words }), make("div", { className: "deeds" }, ...deeds));
}

function warn(one, view) {
  const values = { [`warn_${one.name.replaceAll("-", "_")}`]: one.accepted };
  return ask("PATCH", ADVICE, values).then(() => view.look(), (error) => view.say(error.message, true));
}

function open(one, view) {
  if (one.opens === "online") return online().catch((error) => view.say(error.message, true));
  if (one.opens === "account" || one.opens === "log") { view.dialog.close(); document.getElementById(OPENS[one.opens]).click(); return null; }
  return view.settings(OPENS[one.opens] ?? one.opens, one.item);
}
