// Inputs and outputs as they are; outputs are switched, with the recorder's warning first where it has one.
import { make } from "./form.js";

const PULSES_S = [1, 5, 30];

export const terminals = {
  name: "terminals",
  title: "Inputs and outputs",
  asks: ["/outputs", "/inputs"],
  parts([outputs, inputs], dialog) {
    if (!outputs.length && !inputs.length) return [make("p", { className: "quiet", textContent: "This recorder has no alarm terminals." })];
    const off = dialog.button("reset", "Switch all off", () => dialog.act("POST", "/outputs/reset"));
    return [
      ...(outputs.length ? [make("div", { className: "bar head" }, make("h3", { textContent: "Outputs" }), off),
        make("div", { className: "terminals" }, ...outputs.map((one) => output(one, dialog)))] : []),
      ...(inputs.length ? [make("div", { className: "bar head" }, make("h3", { textContent: "Inputs" })),
        make("div", { className: "terminals" }, ...inputs.map((one) => terminal(one, "alarm-input", dialog)))] : []),
    ];
  },
};

function terminal(one, page, dialog, ...more) {
  const settings = dialog.button(`${page} ${one.name}`, "Settings", () => dialog.settings(page, one.name));
  settings.setAttribute("aria-label", `Settings of ${one.title || one.name}`);
  const card = make("article", { className: `terminal ${one.tone}` },
    make("div", { className: "name" }, make("i", { className: "lamp" }), make("b", { textContent: one.title || one.name }),
      make("span", { className: "quiet", textContent: one.title ? one.name : "" })),
    make("p", { className: "quiet state", textContent: one.words }),
    make("div", { className: "deeds" }, ...more, settings));
  card.dataset.terminal = one.name;
  return card;
}

function output(one, dialog) {
  if (one.mode !== "auto" || !one.online) return terminal(one, "alarm-output", dialog);
  const path = `/outputs/${encodeURIComponent(one.name)}`;
  const asked = one.warning ? `Switch ${one.title || one.name} on?\n\n${one.warning}` : "";
  const words = one.closed ? "Switch off" : one.pulse_s ? `On for ${one.pulse_s} s` : "Switch on";
  const flip = dialog.button(`switch ${one.name}`, words,
    () => dialog.act("PATCH", path, { closed: !one.closed }, one.closed ? "" : asked), "plain strong");
  const pulses = PULSES_S.map((seconds) => dialog.button(`pulse ${one.name} ${seconds}`, `${seconds} s`,
    () => dialog.act("POST", `${path}/pulse`, { seconds }, asked)));
  return terminal(one, "alarm-output", dialog, flip, ...pulses);
}
