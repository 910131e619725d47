// A fan: a finger can hold it.
import { element } from "../parts.js";

export function make(device, hand) {
  const blades = element("i", { class: "blades" });
  const words = element("span");
  const root = element("button", { class: "chip", "aria-pressed": "false" }, blades, words);
  let held = false;
  root.addEventListener("click", () => {
    held = !held;
    root.setAttribute("aria-pressed", String(held));
    hand.gesture(device, "hold", { held });
  });
  return {
    slot: "inside",
    root,
    show(state) {
      words.textContent = `${state.name} ${state.rpm ?? 0} rpm`;
      blades.classList.toggle("still", !state.rpm);
      root.title = `${state.name}: click to ${held ? "let go of it" : "hold it"}`;
    },
  };
}
