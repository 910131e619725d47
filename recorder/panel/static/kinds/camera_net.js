// The net of the cameras: the address that the camera at each jack took.
import { jackAt } from "./poe_supply.js";

const MOST_PORTS = 64;

export function make() {
  return {
    show(state) {
      const at = new Map(state.seats.filter((seat) => seat.port).map((seat) => [seat.port, seat]));
      for (let port = 1; port <= MOST_PORTS; port += 1) jackAt(port)?.showSeat(at.get(port));
    },
  };
}
