// A port of the switch: the light of the link at the PoE jack of its number.
import { jackAt } from "./poe_supply.js";

export function make(device) {
  return {
    show(state) {
      jackAt(state.number ?? device.number)?.showLink(state);
    },
  };
}
