// A bay with its drawer, and the disk in it: pulled, pushed back, aged, broken by hand.
import { element, handle } from "../parts.js";

const TB = 1e12;
const drawers = new Map();
const lights = new Map();

export function make(device, hand) {
  const activity = element("i", { class: "lamp activity", "data-colour": "green" });
  const status = element("i", { class: "lamp status" });
  const label = element("span", { class: "disk-label" });
  const verdict = element("span", { class: "verdict" });
  const drawer = element("button", { class: "drawer" },
    element("i", { class: "vents" }), element("span", { class: "lamps" }, activity, status), element("b", { text: device.name }), label, verdict, element("i", { class: "latch" }));
  const disk = { kind: "disk", name: device.name };
  const place = `shelf ${device.name}`;
  let now = device;
  let broken = false;
  const act = (gesture, args) => () => hand.gesture(device, gesture, args);
  const menu = handle(drawer, () => {
    if (now.occupied || broken) {
      return [
        ["Pull the disk", () => {
          if (now.serial) sessionStorage.setItem(place, now.serial);
          broken = false;
          hand.gesture(device, "pull");
        }],
        ...(now.occupied ? [
          ["Let it age three years", () => hand.gesture(disk, "age", { years: 3 })],
          ["Let its electronics die", () => (broken = true) && hand.gesture(disk, "fail")],
          ["Let it hang", () => (broken = true) && hand.gesture(disk, "hang")],
        ] : []),
      ];
    }
    const shelf = sessionStorage.getItem(place);
    return [...(shelf ? [["Push it back", act("insert", { serial: shelf })]] : []), ["Push in a new disk", act("insert")]];
  });
  const root = element("div", { class: "bay" }, drawer, menu);
  // The drive lights one lamp by itself (V-HW-11): off without it, on while it is idle, quick while it works. The other
  // one is the indicator of the bay.
  const shine = () => {
    activity.dataset.light = !now.online || !now.occupied ? "off" : now.busy ? "fast" : "steady";
    const told = lights.get(device.name);
    status.dataset.light = told?.online ? told.light : "off";
    status.dataset.colour = told?.colour ?? "amber";
  };
  drawers.set(device.name, { verdict, root, shine });
  return {
    slot: "bays",
    root,
    show(state) {
      now = state;
      if (state.serial) sessionStorage.setItem(place, state.serial);
      root.classList.toggle("empty", !state.occupied);
      shine();
      label.textContent = state.occupied ? `${(state.capacity_bytes / TB).toFixed(1)} TB` : "empty";
      drawer.title = state.occupied ? `${state.model} ${state.serial}, ${state.mounts.length ? "records" : "not in use"}` : "Empty bay";
      drawer.setAttribute("aria-label", `Bay ${state.name}: ${drawer.title}`);
    },
  };
}

export function makeBayLight(bay) {
  return {
    show(state) {
      lights.set(bay, state);
      drawers.get(bay)?.shine();
    },
  };
}

export function makeDisk() {
  return {
    show(state) {
      const drawer = drawers.get(state.name);
      if (!drawer) return;
      drawer.verdict.textContent = state.online && state.verdict !== "good" && state.verdict !== "unknown" ? state.verdict : "";
      drawer.verdict.title = state.words;
    },
  };
}
