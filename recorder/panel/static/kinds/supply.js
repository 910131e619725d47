// A supply of the chassis, or a UPS: its plug.
import { element } from "../parts.js";

export function make(device, hand) {
  const lamp = element("i", { class: "lamp" });
  const root = element("button", { class: "chip", "aria-pressed": "true" }, lamp, element("span", { text: device.name }));
  let plugged = true;
  root.addEventListener("click", () => hand.gesture(device, "plug", { plugged: !plugged }));
  return {
    slot: "inside",
    root,
    show(state) {
      plugged = state.source === "mains";
      root.setAttribute("aria-pressed", String(plugged));
      lamp.dataset.light = "steady";
      lamp.dataset.colour = plugged ? "green" : "red";
      root.title = `${state.name}: ${plugged ? "on mains; click to pull its plug" : `without mains (${state.source}); click to plug in`}`;
    },
  };
}
