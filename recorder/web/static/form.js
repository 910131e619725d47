// A form from a page's schema: one control for each kind of field, its value, and what is wrong with it.
import { Region } from "./region.js";
import { WeekControl } from "./week.js";

export function make(tag, about = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(about)) made[name] = value;
  made.append(...children);
  return made;
}

// Have a button do something once: until it is over the button is off, and keeps the focus if it had it.
export async function busy(button, work) {
  const focused = document.activeElement === button;
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    return await work();
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
    if (focused && document.activeElement === document.body) button.focus();
  }
}

// What is not understood is shown and never sent.
const UNKNOWN = Symbol("unknown");
// The names of one or several of another page's items.
const ITEM_OF = "item-of:";
const ITEMS_OF = "items-of:";

// The pages whose items a form offers.
export const itemPages = (schema) => Object.values(schema.properties || {}).map((field) => field["x-widget"] || "")
  .filter((kind) => kind.startsWith(ITEM_OF) || kind.startsWith(ITEMS_OF)).map((kind) => kind.split(":")[1]);

function control(name, field, value, around) {
  const kind = field["x-widget"] || (field.enum ? "choice" : field.type);
  const choices = field["x-choices"] || {};
  const items = around.items?.[kind?.split(":")[1]] ?? [];
  if (kind?.startsWith(ITEM_OF)) return itemOf(items, value);
  if (kind?.startsWith(ITEMS_OF)) return itemsOf(items, value);
  if (field["x-told"]) return { node: make("span", { className: "quiet", textContent: value ?? "" }), get: () => UNKNOWN };
  switch (kind) {
    case "week-grid": return new WeekControl(field, value);
    case "channel": return oneOf(channels(around), value, field["x-nothing"] ?? "None");
    case "channels": return checks(channels(around), value);
    case "channel-set": return allOrSome(channels(around), value, "All, also new ones");
    case "set": return allOrSome(Object.entries(choices), value, "Everything");
    case "days": return checks(WeekControl.lines.map((words, day) => [day, words]), value);
    case "day": return select(WeekControl.lines.map((words, day) => [day, words]), value);
    case "weekday": return select(WeekControl.days.map((words, day) => [day, words]), value);
    case "choice": return select(field.enum.map((one) => [one, choices[one] ?? String(one)]), value);
    case "boolean": return checkbox(value);
    case "motion-grid": return region(value, around);
    case "integer": case "number": case "sound-level": case "sound-change": return number(field, value);
    case "secret": return text({ ...field, secret: true }, value);
    case "zone": return text(field, value, Intl.supportedValuesOf("timeZone"));
    case "string": case "url": return text(field, value);
    default: return { node: make("code", { textContent: JSON.stringify(value) }), get: () => UNKNOWN };
  }
}

const channels = (around) => Object.entries(around.channels).map(([number, words]) => [Number(number), `${number}  ${words}`]);

// One channel, or 0; one that is no more stays to be seen.
function oneOf(some, value, nothing) {
  const gone = value && !some.some(([number]) => number === value) ? [[value, String(value)]] : [];
  return select([[0, nothing], ...gone, ...some], value);
}

function region(value, around) {
  const made = new Region(value, () => {}, around.channel ? `/api/v1/channels/${around.channel}/snapshot?width=704` : "");
  const all = make("button", { type: "button", className: "plain", textContent: "All" });
  const none = make("button", { type: "button", className: "plain", textContent: "None" });
  all.onclick = () => made.set("0,0,22,18");
  none.onclick = () => made.set("");
  const node = make("div", { className: "painted" }, made.node, all, none);
  Object.defineProperty(node, "disabled", { set: (off) => { made.disabled = off; } });
  return { node, get: () => made.get() };
}

function checkbox(value) {
  const node = make("input", { type: "checkbox", checked: value === true });
  return { node, get: () => node.checked };
}

function number(field, value) {
  const node = make("input", { type: "number", value: value ?? "", step: field.type === "integer" ? 1 : "any" });
  if (field.minimum !== undefined) node.min = field.minimum;
  if (field.maximum !== undefined) node.max = field.maximum;
  return { node, get: () => (node.value === "" ? null : Number(node.value)) };
}

function text(field, value, known = []) {
  const node = make("input", { type: field.secret ? "password" : "text", value: value ?? "", spellcheck: false });
  if (field.secret) node.autocomplete = "new-password";
  if (field.maxLength) node.maxLength = field.maxLength;
  if (!known.length) return { node, get: () => node.value };
  const list = make("datalist", { id: `known-${Math.random().toString(36).slice(2)}` },
    ...known.map((one) => make("option", { value: one })));
  node.setAttribute("list", list.id);
  return { node: make("span", {}, node, list), get: () => node.value };
}

// What is set stays to be seen, though there is no such item any more.
function itemOf(items, value) {
  const known = items.some(([item]) => item === value) || !value ? items : [[value, value], ...items];
  return select(known, value);
}

function itemsOf(items, values) {
  const gone = (values || []).filter((one) => !items.some(([item]) => item === one)).map((one) => [one, one]);
  return checks([...items, ...gone], values);
}

function select(options, value) {
  const node = make("select", {}, ...options.map(([, words]) => make("option", { textContent: words })));
  node.selectedIndex = options.findIndex(([one]) => one === value);
  return { node, get: () => options[node.selectedIndex]?.[0] };
}

function checks(options, values) {
  const boxes = options.map(([one]) => make("input", { type: "checkbox", checked: (values || []).includes(one) }));
  const node = make("div", { className: "checks" },
    ...options.map(([, words], at) => make("label", {}, boxes[at], words)));
  return { node, get: () => options.filter((_one, at) => boxes[at].checked).map(([one]) => one) };
}

// Some of the options, or "all", which takes in those to come. What is chosen and not there now stays chosen.
function allOrSome(options, value, words) {
  const everything = "all";
  const found = checks([[everything, words], ...options], value === everything ? [everything] : value);
  const gone = (Array.isArray(value) ? value : []).filter((one) => !options.some(([known]) => known === one));
  const get = () => {
    const chosen = found.get();
    return chosen.includes(everything) ? everything : [...chosen, ...gone];
  };
  return { node: found.node, get };
}

// What takes the focus of a control of several parts.
const mainPart = ({ node }) => (node.matches("input, select") ? node : node.querySelector("input, select, button"));

export class Form {
  // `values` are those that are stored; `around.channels` are the names of channels by number.
  constructor(schema, values, around = { channels: {} }, readOnly = []) {
    const fields = Object.entries(schema.properties || {}).sort(([, a], [, b]) => (a["x-order"] || 0) - (b["x-order"] || 0));
    this.stored = {};
    this.controls = {};
    this.node = make("div", { className: "fields" });
    let group = "";
    for (const [name, field] of fields) {
      if ((field["x-group"] || "") !== group) {
        group = field["x-group"] || "";
        if (group) this.node.append(make("h3", { textContent: group }));
      }
      const value = values[name] ?? field.default;
      const found = control(name, field, value, around);
      found.error = make("p", { className: "error" });
      found.readOnly = field.readOnly === true || readOnly.includes(name);
      if (found.readOnly) for (const one of [found.node, ...found.node.querySelectorAll("*")]) one.disabled = true;
      this.stored[name] = JSON.stringify(found.get());
      this.controls[name] = found;
      this.node.append(this.row(name, field, found));
    }
  }

  row(name, field, found) {
    const nothing = field.type === "array" && field["x-nothing"] ? `None chosen: ${field["x-nothing"]}.` : "";
    const range = found.node.tagName === "SELECT" ? "" : this.range(field);
    const hint = [field["x-hint"], nothing, range, field["x-restart"] ? "Takes effect at the next start." : ""];
    // Several controls of one field are no label's; a single one is clicked by its words.
    const single = ["INPUT", "SELECT"].includes(found.node.tagName);
    const words = make(single ? "label" : "div", { className: "field" },
      make("span", { className: "title", textContent: field.title || name }),
      make("span", { className: "control" }, found.node, field["x-unit"] ? ` ${field["x-unit"]}` : ""));
    if (!single) { words.setAttribute("role", "group"); words.setAttribute("aria-label", field.title || name); }
    const row = make("div", { className: "row" }, words);
    row.dataset.field = name;
    const told = hint.filter(Boolean).join(" ");
    if (told) row.append(make("p", { className: "quiet", textContent: told }));
    row.append(found.error);
    return row;
  }

  range(field) {
    if (field.minimum === undefined || field.maximum === undefined || field.enum) return "";
    return `${field.minimum} to ${field.maximum}${field["x-unit"] ? ` ${field["x-unit"]}` : ""}.`;
  }

  values() {
    return Object.fromEntries(Object.entries(this.controls).map(([name, one]) => [name, one.get()])
      .filter(([name, value]) => value !== UNKNOWN && !this.controls[name].readOnly));
  }

  changes() {
    return Object.fromEntries(Object.entries(this.values()).filter(([name, value]) =>
      JSON.stringify(value) !== this.stored[name]));
  }

  // Say what the recorder refused at its field; false where there is no such field here.
  refuse(field, words) {
    for (const one of Object.values(this.controls)) {
      one.error.textContent = "";
      mainPart(one)?.removeAttribute("aria-invalid");
    }
    const found = this.controls[(field || "").split(".")[0]];
    if (!found) return false;
    found.error.textContent = words;
    mainPart(found)?.setAttribute("aria-invalid", "true");
    mainPart(found)?.focus();
    return true;
  }
}
