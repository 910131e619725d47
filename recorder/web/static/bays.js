// Bays, arrays, disks elsewhere and pools, in the recorder's words; a bay's light, its self-test, letting go of its disk.
import { make } from "./form.js";

export const bays = {
  name: "bays",
  title: "Disks",
  asks: ["/storage"],
  parts([told], dialog) {
    if (!told.rows.length) return [make("p", { className: "quiet", textContent: "There is no disk to record on." })];
    return [make("div", { className: "rows" }, ...told.rows.map((one) => row(one, dialog)))];
  },
};

function row(one, dialog) {
  const card = make("article", { className: "line tall" }, make("b", { textContent: one.label }),
    make("span", { className: `tone ${one.tone}`, textContent: one.words }),
    make("span", { className: "quiet", textContent: one.note }),
    make("span", { className: "deeds" }, ...one.kind === "bay" ? deeds(one, dialog) : []));
  card.dataset.item = `${one.kind} ${one.item}`;
  if (!one.facts.length) return card;
  const list = make("dl", {}, ...one.facts.flatMap((fact) => [make("dt", { textContent: fact.name }),
    make("dd", { className: `tone ${fact.tone}`, textContent: fact.words })]));
  const more = make("details", {}, make("summary", { textContent: "All that is known of it" }), list);
  more.open = opened.has(card.dataset.item);
  more.ontoggle = () => opened[more.open ? "add" : "delete"](card.dataset.item);
  card.append(more);
  return card;
}

const opened = new Set();

function deeds(one, dialog) {
  const path = `/bays/${encodeURIComponent(one.item)}`;
  const found = [];
  const add = (name, words, method, to, body, question) =>
    found.push(dialog.button(`${name} ${one.item}`, words, () => dialog.act(method, `${path}/${to}`, body, question)));
  if (one.deeds.includes("cancel")) add("cancel", "Cancel", "DELETE", "job");
  if (one.deeds.includes("locate")) add("locate", "Blink its light", "POST", "locate", { on: true });
  if (one.deeds.includes("locate_off")) add("locate", "Stop its light", "POST", "locate", { on: false });
  if (one.deeds.includes("scan")) add("scan", "Look for a disk", "POST", "scan");
  if (one.deeds.includes("test")) add("test", "Self-test, 2 minutes", "POST", "test", { extended: false });
  if (one.deeds.includes("stop_test")) add("test", "Stop the self-test", "DELETE", "test");
  if (one.deeds.includes("release")) {
    add("release", "Remove safely", "POST", "release", undefined,
      `Remove the disk in bay ${one.item}?\n\nIts files are closed, then it can be pulled. Pushed in again, it is used as before.`);
  }
  return found;
}
