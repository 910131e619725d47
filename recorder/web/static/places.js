// Places for disks that the machine has: what sits in each, and which bay it is; an owner says so.
import { ask } from "./api.js";
import { make } from "./form.js";
import { typed } from "./typed.js";

const LONGEST = 16;

export const places = {
  name: "places",
  title: "Places for disks",
  asks: ["/disk-places"],
  parts([told], dialog) {
    if (!told.length) return [make("p", { className: "quiet", textContent: "This machine shows no place for a disk." })];
    const about = "Say which place is which bay, as it stands on the front. Disks are then told by their bays.";
    return [make("p", { className: "quiet", textContent: about }),
      make("div", { className: "rows" }, ...told.map((one) => row(one, dialog)))];
  },
};

function row(one, dialog) {
  const what = [one.disk || "Empty", one.serial, one.system ? "the recorder starts from it" : ""].filter(Boolean).join(" · ");
  const deeds = [];
  if (!one.bay) deeds.push(dialog.button(`bay ${one.path}`, "It is a bay", () => name(one, dialog)));
  if (one.added) deeds.push(dialog.button(`bay ${one.path}`, "It is no bay", () => dialog.act("DELETE", `/bays/${encodeURIComponent(one.bay)}`,
    undefined, `Bay ${one.bay} is no bay any more?\n\nThe disk there stays as it is, and what is recorded to it too; it is told without a bay.`)));
  const card = make("article", { className: "line tall" }, make("b", { textContent: one.words }),
    make("span", { className: "quiet", textContent: one.bay ? `Bay ${one.bay}` : "No bay" }),
    make("span", { className: `tone ${one.disk ? "plain" : "faint"}`, textContent: what }), make("span", { className: "deeds" }, ...deeds));
  card.dataset.place = one.path;
  return card;
}

function name(one, dialog) {
  typed({
    title: "Which bay is this?",
    words: `${one.words}: ${one.disk || "empty"}`,
    fields: [{ name: "name", label: "Its number, as it stands on the front", longest: LONGEST }],
    verb: "It is this bay",
  }, async (values) => {
    await ask("POST", "/bays", { ...values, path: one.path });
    dialog.look();
  });
}
