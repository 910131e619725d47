// The HDMI connector: without its cable the monitor has no picture.
import { element } from "../parts.js";

export function make(device, hand) {
  const socket = element("button", { class: "hdmi", "aria-pressed": "true" }, element("i"));
  const root = element("div", { class: "port" }, socket, element("b", { text: device.name }));
  let connected = true;
  socket.addEventListener("click", () => hand.gesture(device, "plug", { plugged: !connected }));
  return {
    slot: "hdmi",
    root,
    show(state) {
      connected = state.connected;
      root.classList.toggle("plugged", connected);
      socket.setAttribute("aria-pressed", String(connected));
      socket.title = `${state.name}: ${connected ? "click to pull the monitor's cable" : "click to plug the monitor in"}`;
      document.body.classList.toggle("no-monitor", !connected);
    },
  };
}
