// The PoE ports: simulated cameras are plugged in and out, and what they draw is read off.
import { element, handle } from "../parts.js";

const CAMERAS = 8;
const LIT = { delivering: "steady", detected: "blink", fault: "fast", backoff: "off", searching: "off", disabled: "off" };
const jacks = new Map();

// The jack of a port, for what the switch and the camera net tell of it.
export const jackAt = (port) => jacks.get(port);

export function make(device, hand) {
  const own = device.ports.map((port) => jack(device, port.port, hand));
  const meter = element("i", { class: "bar" });
  const words = element("span", { class: "quiet" });
  const root = element("div", { class: "supply" }, element("div", { class: "jacks" }, ...own.map((one) => one.root)),
    element("div", { class: "meter" }, meter, words));
  // What hangs on the cables is nothing the supply tells, as long as it is switched off.
  hand.gesture(device, "plugged").then((told) => {
    for (const port of Object.keys(told?.result ?? {})) jacks.get(Number(port)).plug(true);
  });
  return {
    slot: "ports",
    root,
    show(state) {
      state.ports.forEach((port, at) => own[at]?.show(port));
      const used = state.budget_watts ? Math.min(1, state.used_watts / state.budget_watts) : 0;
      meter.style.setProperty("--used", used);
      words.textContent = `${state.used_watts.toFixed(1)} of ${state.budget_watts.toFixed(0)} W`;
    },
  };
}

function jack(device, port, hand) {
  const lamp = element("i", { class: "lamp" });
  const link = element("i", { class: "lamp link" });
  const watts = element("span", { class: "watts" });
  const address = element("span", { class: "address" });
  const socket = element("button", { class: "jack" }, element("i", { class: "rj45" }), link, lamp);
  let plugged = false;
  const plug = (now) => {
    plugged = now;
    root.classList.toggle("plugged", plugged);
  };
  const menu = handle(socket, async () => {
    if (plugged) {
      return [
        ["Pull the cable", async () => (await hand.gesture(device, "unplug", { port })) && plug(false)],
        ["Infrared light on (9 W)", () => hand.gesture(device, "draw", { port, watts: 9 })],
        ["A defect (32 W)", () => hand.gesture(device, "draw", { port, watts: 32 })],
      ];
    }
    // A camera hangs at one port only.
    const taken = Object.values((await hand.gesture(device, "plugged"))?.result ?? {});
    const free = Array.from({ length: CAMERAS }, (_none, at) => String(at + 1)).filter((one) => !taken.includes(one));
    return free.map((camera) => [`Plug in camera ${camera}`,
      async () => (await hand.gesture(device, "plug", { port, camera, watts: 4.2 })) && plug(true)]);
  });
  const root = element("div", { class: "port" }, socket, element("b", { text: String(port) }), watts, address, menu);
  const one = {
    root,
    plug,
    show(state) {
      if (["delivering", "detected"].includes(state.state)) plug(true);
      lamp.dataset.light = LIT[state.state] ?? "off";
      lamp.dataset.colour = state.state === "fault" ? "red" : "amber";
      watts.textContent = state.watts > 0 ? `${state.watts.toFixed(1)} W` : state.state === "fault" ? state.faults[0] ?? "fault" : "";
      const told = [state.state, ...state.faults].join(", ");
      socket.title = `Port ${port}: ${told}`;
      socket.setAttribute("aria-label", `PoE port ${port}: ${told}${state.watts > 0 ? `, ${state.watts.toFixed(1)} watts` : ""}`);
    },
    showLink(state) {
      link.dataset.light = state.online && state.link ? "steady" : "off";
      link.dataset.colour = state.speed_mbit_s < 100 ? "amber" : "green";
      link.title = state.link ? `${state.speed_mbit_s} Mbit/s to ${state.macs.join(", ")}` : "no link";
    },
    showSeat(seat) {
      address.textContent = seat?.leased ? `.${seat.address.split(".").at(-1)}` : "";
      address.title = seat ? `seat ${seat.number}: ${seat.leased ? seat.address : "no address yet"}, ${seat.mac}` : "";
    },
  };
  jacks.set(port, one);
  return one;
}
