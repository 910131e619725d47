// A terminal with a contact: closed and opened by hand.
import { element } from "../parts.js";

export function make(device, hand) {
  const button = element("button", { class: "terminal input", "aria-pressed": "false" },
    element("i", { class: "screw" }), element("i", { class: "switch" }), element("span", { text: device.name }));
  let active = false;
  button.addEventListener("click", () => hand.gesture(device, "move", { active: !active }));
  return {
    slot: "inputs",
    root: button,
    show(state) {
      active = state.active;
      button.setAttribute("aria-pressed", String(active));
      button.title = `${state.name}: ${active ? "active" : "at rest"}`;
    },
  };
}
