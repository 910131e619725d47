// The machine's own switch, its mains plug and the button on its board.
import { element } from "../parts.js";

export function make(device, hand) {
  const plug = element("button", { class: "inlet", "aria-pressed": "true" }, element("i", { class: "pins" }), element("span"));
  const reset = element("button", { class: "pinhole", title: "Reset button on the board: starts anew at once" }, element("span", { text: "Reset" }));
  let plugged = true;
  plug.addEventListener("click", () => {
    // The cameras on the cables lose their power with the recorder, and start one after another when it returns.
    hand.each("poe_supply", "black_out");
    hand.gesture(device, "plug", { plugged: !plugged });
  });
  reset.addEventListener("click", () => hand.gesture(device, "reset"));
  return {
    slot: "mains",
    root: element("div", { class: "machine" }, plug, reset),
    show(state) {
      plugged = state.plugged ?? true;
      plug.setAttribute("aria-pressed", String(plugged));
      plug.lastElementChild.textContent = plugged ? "Pull the plug" : "Plug in";
      plug.title = plugged ? "A power cut" : "Power returns";
      document.body.classList.toggle("unpowered", state.running === false);
    },
  };
}
