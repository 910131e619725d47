// Keys at the case: held as long as the finger is down.
import { element, held } from "../parts.js";

const TITLES = { power: "Power: hold 3 s to shut down", reset: "Reset: a short push starts the recorder anew" };

export function make(device, hand) {
  const keys = new Map();
  const root = element("div", { class: "case-keys" });
  for (const key of ["power", "reset"]) {
    const button = element("button", { class: `case-key ${key}`, "aria-label": TITLES[key], title: TITLES[key] });
    held(button, () => hand.gesture(device, "press", { key }), () => hand.gesture(device, "release", { key }));
    keys.set(key, button);
    root.append(button);
  }
  return {
    slot: "keys",
    root,
    show(state) {
      for (const [key, button] of keys) button.classList.toggle("pressed", state.down.includes(key));
    },
  };
}
