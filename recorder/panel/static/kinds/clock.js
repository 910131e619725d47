// The clock on the board: its battery goes weak and empty, and is changed.
import { element } from "../parts.js";

const NEXT = { good: "low", low: "empty", empty: "good", unknown: "good" };

export function make(device, hand) {
  const words = element("span");
  const root = element("button", { class: "chip" }, element("i", { class: "cell" }), words);
  let battery = "good";
  root.addEventListener("click", () => hand.gesture(device, "change_battery", { battery: NEXT[battery] }));
  return {
    slot: "inside",
    root,
    show(state) {
      battery = state.battery;
      root.dataset.battery = battery;
      words.textContent = `${state.name} battery ${battery}`;
      root.title = `${state.name}: the time ${state.trusted ? "can" : "cannot"} be trusted; click for a battery that is ${NEXT[battery]}`;
    },
  };
}
