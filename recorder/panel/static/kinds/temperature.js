// A sensor: warmed by hand, and back.
import { element } from "../parts.js";

const WARM = 75;
const HOT = 97;
const COOL = 45;

export function make(device, hand) {
  const words = element("span");
  const root = element("button", { class: "chip" }, element("i", { class: "bulb" }), words);
  let celsius = COOL;
  root.addEventListener("click", () => hand.gesture(device, "heat", { celsius: celsius < WARM ? WARM : celsius < HOT ? HOT : COOL }));
  return {
    slot: "inside",
    root,
    show(state) {
      celsius = state.celsius ?? COOL;
      words.textContent = `${state.name} ${celsius.toFixed(0)} °C`;
      root.title = `${state.name}: click to warm it`;
    },
  };
}
