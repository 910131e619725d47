// The machine at one glance: what is wrong first, then groups of lines, in the recorder's own words.
import { make } from "./form.js";

export const hardware = {
  name: "hardware",
  title: "Hardware",
  asks: ["/hardware"],
  parts([told]) {
    const wrong = told.troubles.map((one) => make("p", { className: "tone bad", textContent: one.words }));
    const looks = told.groups.some((group) => group.lines.some((line) => ["warning", "bad"].includes(line.tone)));
    const head = make("div", { className: "summary" },
      ...(wrong.length || looks ? wrong : [make("p", { className: "tone good", textContent: "All is well." })]));
    return [head, make("div", { className: "groups" }, ...told.groups.map(card))];
  },
};

function card(group) {
  return make("section", { className: "group" }, make("h3", { textContent: group.title }),
    make("dl", {}, ...group.lines.flatMap((line) => [make("dt", { textContent: line.name }), said(line)])));
}

function said(line) {
  const words = make("dd", { className: `tone ${line.tone}` }, make("span", { textContent: line.words }));
  if (line.share !== null) words.append(make("meter", { min: 0, max: 1, value: line.share, ariaLabel: line.name }));
  return words;
}
