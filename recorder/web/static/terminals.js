// Inputs and outputs as they are; outputs are switched, with the recorder's warning first where it has one.
import { ask } from "./api.js";
import { make } from "./form.js";
import { typed } from "./typed.js";

const PULSES_S = [1, 5, 30];

export const terminals = {
  name: "terminals",
  title: "Inputs and outputs",
  asks: ["/outputs", "/inputs"],
  parts([outputs, inputs], dialog) {
    const add = make("p", { className: "deeds" }, dialog.button("add-box", "Add an alarm box in the network", () => addBox(dialog)),
      dialog.button("add-serial-box", "Add one at a serial line", () => addSerialBox(dialog)));
    if (!outputs.length && !inputs.length) return [make("p", { className: "quiet", textContent: "This recorder has no alarm terminals." }), add];
    const boxes = [...new Set([...outputs, ...inputs].map((one) => one.box).filter(Boolean))];
    const off = dialog.button("reset", "Switch all off", () => dialog.act("POST", "/outputs/reset"));
    return [
      ...(outputs.length ? [make("div", { className: "bar head" }, make("h3", { textContent: "Outputs" }), off),
        make("div", { className: "terminals" }, ...outputs.map((one) => output(one, dialog)))] : []),
      ...(inputs.length ? [make("div", { className: "bar head" }, make("h3", { textContent: "Inputs" })),
        make("div", { className: "terminals" }, ...inputs.map((one) => terminal(one, "alarm-input", dialog)))] : []),
      add, ...boxes.map((box) => make("p", { className: "deeds" }, removal(box, dialog))),
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

function removal(box, dialog) {
  return dialog.button(`remove ${box}`, `Remove the box ${box}`, () => dialog.act("DELETE", `/boxes/${encodeURIComponent(box)}`, undefined,
    `Remove the box ${box}?\n\nAll its inputs and outputs go from here, and its relays are switched off.`));
}

function addBox(dialog) {
  typed({
    title: "Add an alarm box",
    words: "It speaks Modbus over TCP. It is asked at once whether it has these inputs and relays.",
    fields: [{ name: "name", label: "Name, such as GATE", longest: 16 }, { name: "host", label: "Address in the network", longest: 253 },
      { name: "inputs", label: "Inputs", value: "8", longest: 2 }, { name: "outputs", label: "Relays", value: "0", longest: 2 },
      { name: "unit", label: "Number of the box (most are 1)", value: "1", longest: 3 }, { name: "port", label: "Port", value: "502", longest: 5 }],
    verb: "Add",
  }, async ({ name, host, ...written }) => {
    const numbers = Object.fromEntries(Object.entries(written).map(([field, text]) => [field, number(text)]));
    await ask("POST", "/boxes", { name, host, ...numbers });
    dialog.look();
  });
}

function addSerialBox(dialog) {
  typed({
    title: "Add an alarm box",
    words: "It speaks Modbus RTU. It is asked at once whether it has these inputs and relays.",
    fields: [{ name: "name", label: "Name, such as GATE", longest: 16 }, { name: "line", label: "Serial line, such as ttyUSB0", longest: 19 },
      { name: "set", label: "Speed, parity and stop bits", value: "9600 8N1", longest: 12 },
      { name: "unit", label: "Number of the box (most are 1)", value: "1", longest: 3 },
      { name: "inputs", label: "Inputs", value: "8", longest: 2 }, { name: "outputs", label: "Relays", value: "0", longest: 2 }],
    verb: "Add",
  }, async ({ name, line, set, ...written }) => {
    const found = /^(\d{3,6})[ ,]*8([NEO])([12])$/.exec(set.toUpperCase());
    if (!found) throw new Error(`${set || "Nothing"} is no setting of a line: write speed, parity and stop bits, such as 9600 8N1.`);
    const numbers = Object.fromEntries(Object.entries(written).map(([field, text]) => [field, number(text)]));
    await ask("POST", "/boxes", { name, line, baud: Number(found[1]), parity: found[2], stop_bits: Number(found[3]), ...numbers });
    dialog.look();
  });
}

function number(text) {
  if (!/^\d+$/.test(text)) throw new Error(`${text || "Nothing"} is no number.`);
  return Number(text);
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
