// PoE ports: what each does and takes, who keeps its power longest; switched off and on, and restarted with its camera.
import { ask } from "./api.js";
import { make } from "./form.js";
import { typed } from "./typed.js";

const PRIORITIES = { critical: "Critical", high: "High", low: "Low" };

export const ports = {
  name: "ports",
  title: "PoE ports",
  asks: ["/poe"],
  parts([supplies], dialog) {
    const add = make("p", {}, dialog.button("add-switch", "Add a switch in the network", () => addSwitch(dialog)));
    if (!supplies.length) return [make("p", { className: "quiet", textContent: "This recorder has no PoE ports." }), add];
    return [add, ...supplies.flatMap((supply) => [
      make("p", { className: supply.online ? "quiet" : "tone bad", textContent: supply.words }),
      ...supply.logs_in ? [make("p", { className: "deeds" }, ...atSwitch(supply, dialog))] : [],
      make("div", { className: "rows" }, ...supply.ports.map((port) => row(supply, port, dialog))),
    ])];
  },
};

function row(supply, port, dialog) {
  const path = `/poe/${encodeURIComponent(supply.name)}/ports/${port.port}`;
  const title = port.label && port.label !== String(port.port) ? `${port.port}  ${port.label}` : `Port ${port.port}`;
  const deeds = [];
  if (port.enabled) {
    deeds.push(dialog.button(`restart ${port.port}`, "Restart the camera",
      () => dialog.act("POST", `${path}/restart`, undefined, `${title}: take its power away for two seconds?`)));
  }
  deeds.push(dialog.button(`switch ${port.port}`, port.enabled ? "Switch off" : "Switch on",
    () => dialog.act("PATCH", path, { enabled: !port.enabled }, port.enabled ? `${title}: switch its power off?` : "")));
  deeds.push(dialog.choice(`priority ${port.port}`, "Priority", PRIORITIES, port.priority,
    (priority) => dialog.act("PATCH", path, { priority })));
  if (supply.modes.includes("long_reach")) {
    const far = port.mode === "long_reach";
    deeds.push(dialog.button(`reach ${port.port}`, far ? "End long reach" : "Long reach, 10 Mbit/s",
      () => dialog.act("PATCH", path, { mode: far ? "auto" : "long_reach" })));
  }
  const one = make("article", { className: "line tall" }, make("b", { textContent: title }),
    make("span", { className: "quiet", textContent: port.figures }),
    make("span", { className: `tone ${port.tone}`, textContent: port.words }), make("span", { className: "deeds" }, ...deeds));
  one.dataset.port = port.port;
  return one;
}

const LOGIN_WORDS = "With a user SNMP version 3 is spoken, with a community version 2c, whose words anybody in its network can read. "
  + "What is given here is kept sealed, and nobody can read it back.";
const LOGIN = [{ name: "user", label: "User (version 3)" }, { name: "auth_key", label: "Password (version 3)", secret: true },
  { name: "privacy_key", label: "Key of the encryption (version 3)", secret: true },
  { name: "community", label: "Community (version 2c)", secret: true }];

function atSwitch(supply, dialog) {
  const found = [dialog.button(`login ${supply.name}`, "Log in at the switch", () => logIn(supply, dialog))];
  if (supply.added) {
    found.push(dialog.button(`remove ${supply.name}`, "Remove the switch", () => dialog.act("DELETE", `/poe/${encodeURIComponent(supply.name)}`,
      undefined, `Remove the switch ${supply.name}?\n\nIts ports stay as they are; the recorder does not know them any more, and forgets its password.`)));
  }
  return found;
}

function addSwitch(dialog) {
  typed({
    title: "Add a switch that powers cameras",
    words: `It is asked for its ports at once. ${LOGIN_WORDS}`,
    fields: [{ name: "name", label: "Name, such as SHOP", longest: 16 }, { name: "host", label: "Address in the network", longest: 253 },
      { name: "ports", label: "Ports for cameras, such as 1-8, 12 (empty: all that give power)" }, ...LOGIN],
    verb: "Add",
  }, async ({ ports: written, ...values }) => {
    await ask("POST", "/poe", { ...values, ports: numbers(written) });
    dialog.look();
  });
}

// "1-8, 12" as numbers; what is neither is told.
function numbers(written) {
  return written.split(",").map((part) => part.trim()).filter(Boolean).flatMap((part) => {
    const [, first, last = first] = /^(\d{1,5})(?:\s*-\s*(\d{1,5}))?$/.exec(part) ?? [];
    if (!first || +last < +first || last - first > 1024) throw new Error(`${part} is neither a number nor a range such as 1-8.`);
    return Array.from({ length: last - first + 1 }, (_, at) => +first + at);
  });
}

function logIn(supply, dialog) {
  typed({
    title: `Log in at the switch ${supply.name}`,
    words: LOGIN_WORDS,
    fields: LOGIN,
    verb: "Log in",
  }, async (values) => {
    await ask("PUT", `/poe/${encodeURIComponent(supply.name)}/login`, values);
    dialog.look();
  });
}
