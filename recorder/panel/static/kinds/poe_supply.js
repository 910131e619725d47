// The PoE ports: simulated cameras are plugged in and out, and what they draw is read off.
import { element, handle } from "../parts.js";

const CAMERAS = 8;
const LIT = { delivering: "steady", detected: "blink", fault: "fast", backoff: "off", searching: "off", disabled: "off" };

export function make(device, hand) {
  const jacks = device.ports.map((port) => jack(device, port.port, hand));
  const meter = element("i", { class: "bar" });
  const words = element("span", { class: "quiet" });
  const root = element("div", { class: "supply" }, element("div", { class: "jacks" }, ...jacks.map((one) => one.root)),
    element("div", { class: "meter" }, meter, words));
  return {
    slot: "ports",
    root,
    show(state) {
      state.ports.forEach((port, at) => jacks[at]?.show(port));
      const used = state.budget_watts ? Math.min(1, state.used_watts / state.budget_watts) : 0;
      meter.style.setProperty("--used", used);
      words.textContent = `${state.used_watts.toFixed(1)} of ${state.budget_watts.toFixed(0)} W`;
    },
  };
}

function jack(device, port, hand) {
  const lamp = element("i", { class: "lamp" });
  const watts = element("span", { class: "watts" });
  const socket = element("button", { class: "jack" }, element("i", { class: "rj45" }), lamp);
  let now = {};
  let plugged = false;
  const menu = handle(socket, () => (plugged
    ? [
      ["Pull the cable", () => (plugged = false) || hand.gesture(device, "unplug", { port })],
      ["Infrared light on (9 W)", () => hand.gesture(device, "draw", { port, watts: 9 })],
      ["A defect (32 W)", () => hand.gesture(device, "draw", { port, watts: 32 })],
    ]
    : Array.from({ length: CAMERAS }, (_none, at) => [
      `Plug in camera ${at + 1}`,
      () => (plugged = true) && hand.gesture(device, "plug", { port, camera: String(at + 1), watts: 4.2 }),
    ])));
  const root = element("div", { class: "port" }, socket, element("b", { text: String(port) }), watts, menu);
  return {
    root,
    show(state) {
      now = state;
      if (["delivering", "detected"].includes(state.state)) plugged = true;
      root.classList.toggle("plugged", plugged);
      lamp.dataset.light = LIT[state.state] ?? "off";
      lamp.dataset.colour = state.state === "fault" ? "red" : "green";
      watts.textContent = state.watts > 0 ? `${state.watts.toFixed(1)} W` : state.state === "fault" ? state.faults[0] ?? "fault" : "";
      const told = [now.state, ...state.faults].join(", ");
      socket.title = `Port ${port}: ${told}`;
      socket.setAttribute("aria-label", `PoE port ${port}: ${told}${state.watts > 0 ? `, ${state.watts.toFixed(1)} watts` : ""}`);
    },
  };
}
