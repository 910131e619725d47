// Whether all is well: one sentence, and a line for each thing an owner asks about, in the recorder's own words.
import { make } from "./form.js";

export const health = {
  name: "health",
  title: "Is all well?",
  asks: ["/health"],
  parts([told]) {
    const head = make("div", { className: "summary" },
      make("p", { className: `tone ${told.tone}`, textContent: told.words }));
    const lines = told.lines.flatMap((line) => [make("dt", { textContent: line.label }),
      make("dd", { className: `tone ${line.tone}` }, make("span", { textContent: line.words }))]);
    return [head, make("section", { className: "group" }, make("dl", {}, ...lines))];
  },
};
