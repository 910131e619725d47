// An output: seen and heard, not touched.
import { click, element } from "../parts.js";

export function make(device) {
  const root = element("div", { class: "terminal output", role: "img" },
    element("i", { class: "screw" }), element("i", { class: "armature" }), element("span", { text: device.name }));
  let closed = null;
  return {
    slot: "outputs",
    root,
    show(state) {
      if (closed !== null && closed !== state.closed) click();
      closed = state.closed;
      root.classList.toggle("closed", closed);
      root.setAttribute("aria-label", `${state.name} ${closed ? "closed" : "open"}`);
      root.title = `${state.name}: ${closed ? "closed" : "open"}`;
    },
  };
}
