// The remote in the hand: every key of D-IR, pressed as long as the thumb is down.
import { element, held, icon } from "../parts.js";

const ROWS = [
  ["head", [["power", "Power: hold 3 s to shut down"], ["address", "Address: then a device number"],
    ["multi", "Multi or single window"]]],
  ["digits", [["1"], ["2"], ["3"], ["4"], ["5"], ["6"], ["7"], ["8"], ["9"], ["fn", "Fn"], ["0"],
    ["shift", "Shift: digits or letters"]]],
  ["pad", [["back", "Escape"], ["up", "Up"], ["menu", "Menu"], ["left", "Left"], ["ok", "OK"], ["right", "Right"],
    ["record", "Record: hold 1.5 s for its page"], ["down", "Down"], ["play", "Play or pause; on the wall, search"]]],
  ["play", [["previous", "Previous recording"], ["reverse", "Play backwards, and its pause"], ["next", "Next recording"],
    ["slow", "Slow"], ["forward", "Fast"]]],
];
const LETTERS = { 2: "abc", 3: "def", 4: "ghi", 5: "jkl", 6: "mno", 7: "pqrs", 8: "tuv", 9: "wxyz" };
const WORDS = { address: "ADDR", fn: "Fn", back: "Esc", menu: "Menu", ok: "OK" };
const ICONS = {
  power: ["M11 3h2v9h-2z", "M7.2 5.6l1.2 1.6a6 6 0 1 0 7.2 0l1.2-1.6a8 8 0 1 1-9.6 0z"],
  multi: ["M4 5h7v6H4z", "M13 5h7v6h-7z", "M4 13h7v6H4z", "M13 13h7v6h-7z"],
  shift: ["M12 4l8 9h-5v7H9v-7H4z"],
  up: ["M12 7l7 9H5z"], down: ["M12 17L5 8h14z"], left: ["M7 12l9-7v14z"], right: ["M17 12l-9 7V5z"],
  record: ["M12 6a6 6 0 1 0 0 12a6 6 0 1 0 0-12z"],
  play: ["M4 6l8 6-8 6z", "M14 6h2.6v12H14z", "M18 6h2.6v12H18z"],
  previous: ["M5 6h2.4v12H5z", "M19 6v12l-10-6z"], next: ["M16.6 6H19v12h-2.4z", "M5 6v12l10-6z"],
  reverse: ["M20 6v12l-8-6z", "M4 6h2.6v12H4z", "M8 6h2.6v12H8z"],
  slow: ["M6 6h2.6v12H6z", "M11 6v12l9-6z"], forward: ["M4 6l8 6-8 6z", "M12 6l8 6-8 6z"],
};

export function make(device, hand) {
  const root = document.getElementById("remote");
  const lamp = element("i", { class: "ir" });
  const body = element("div", { class: "body" }, lamp);
  for (const [name, keys] of ROWS) {
    const group = element("div", { class: `keys ${name}` });
    for (const [key, title = key] of keys) {
      const button = element("button", { class: `key ${key}`, "data-key": key, "aria-label": title, title });
      button.append(ICONS[key] ? icon(ICONS[key]) : WORDS[key] ?? key);
      if (LETTERS[key]) button.append(element("small", { text: LETTERS[key] }));
      held(button, () => hand.gesture(device, "press", { key }), () => hand.gesture(device, "release", { key }));
      group.append(button);
    }
    body.append(group);
  }
  body.append(element("p", { class: "maker", text: "nightjar" }));
  root.replaceChildren(body);
  root.hidden = false;
  const eye = document.getElementById("eye");
  return {
    show() {},
    hear(event) {
      for (const one of [lamp, eye]) one.classList.toggle("lit", event.action === "pressed");
    },
  };
}
