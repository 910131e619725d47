// A light: its colour and how it shines; the kernel's rates are the style sheet's.
import { element } from "../parts.js";
import { makeBayLight } from "./bay.js";

export function make(device) {
  if (device.group.startsWith("bay ")) return makeBayLight(device.group.slice(4));
  const lamp = element("i", { class: "lamp" });
  const root = element("div", { class: "light", role: "img" }, lamp, element("span", { text: device.name }));
  return {
    slot: "lights",
    root,
    show(state) {
      lamp.dataset.light = state.online ? state.light : "off";
      lamp.dataset.colour = state.colour;
      const about = state.told.length ? `: ${state.told.join(", ")}` : "";
      root.setAttribute("aria-label", `${state.name} light ${state.online ? state.light : "off"}`);
      root.title = `${state.name} ${state.light}${about}`;
    },
  };
}
