// A network jack: its cable is pulled and put back, and a stranger takes its address.
import { element, handle } from "../parts.js";

export function make(device, hand) {
  const link = element("i", { class: "lamp link" });
  const rival = element("i", { class: "lamp" });
  const socket = element("button", { class: "jack" }, element("i", { class: "rj45" }), link, rival);
  const words = element("span", { class: "quiet" });
  let now = device;
  const own = () => now.addresses[0]?.split("/")[0] ?? "";
  const menu = handle(socket, () => [
    now.link ? ["Pull the cable", () => hand.gesture(device, "plug", { plugged: false })]
      : ["Plug the cable in", () => hand.gesture(device, "plug", { plugged: true })],
    now.conflict_mac ? ["The stranger goes", () => hand.gesture(device, "rival", { address: own(), there: false })]
      : ["A stranger takes its address", () => hand.gesture(device, "rival", { address: own() })],
  ]);
  const root = element("div", { class: "port lan" }, socket, element("b", { text: device.name }), words, menu);
  return {
    slot: "network",
    root,
    show(state) {
      now = state;
      root.classList.toggle("plugged", state.link);
      link.dataset.light = state.link ? "steady" : "off";
      link.dataset.colour = "green";
      rival.dataset.light = state.conflict_mac ? "fast" : "off";
      rival.dataset.colour = "amber";
      words.textContent = state.link ? own() : "no cable";
      const told = state.link ? `${state.speed_mbit_s} Mbit/s, ${state.addresses.join(", ")}` : "no cable";
      socket.title = `${state.name}: ${told}${state.conflict_mac ? `; ${state.conflict_mac} has this address too` : ""}`;
      socket.setAttribute("aria-label", socket.title);
    },
  };
}
