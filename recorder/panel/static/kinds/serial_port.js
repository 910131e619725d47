// A serial port: what is at the far end of its cable depends on what the port is used for.
import { element, handle } from "../parts.js";

const RECEIPT = ["CORNER SHOP", "Milk 1 l          1.09", "Bread             2.40", "TOTAL             3.49", ""].join("\r\n");
// Pelco-D for dome 1: to the right at half speed, and stop.
const RIGHT = "\xff\x01\x00\x02\x20\x00\x23";
const STOP = "\xff\x01\x00\x00\x00\x00\x01";
const USES = { console: "console", bridge: "bridge", keyboard: "keyboard", ptz: "domes", pos: "till" };

export function make(device, hand) {
  const words = element("span", { class: "quiet" });
  const socket = element("button", { class: "dsub" }, element("i"));
  let now = device;
  const send = (text) => () => hand.gesture(device, "send", { text });
  const received = async () => {
    const told = await hand.gesture(device, "received");
    if (told) hand.say(told.result ? `${device.name} sent: ${told.result}` : `${device.name} sent nothing since.`);
  };
  const menu = handle(socket, () => ({
    pos: [["The till prints a receipt", send(RECEIPT)]],
    keyboard: [["The stick is pushed to the right", send(RIGHT)], ["The stick is let go", send(STOP)]],
    bridge: [[now.client ? `${now.client} has the line` : `Waits for a client at ${now.listens}`],
      ["The device says hello", send("hello\r\n")], ["What did the device get?", received]],
    console: [["The system's login has this line."]],
    ptz: [["The domes have this line."]],
  })[now.role] ?? []);
  const root = element("div", { class: "port com" }, socket, element("b", { text: device.name }), words, menu);
  return {
    slot: "serial",
    root,
    show(state) {
      now = state;
      words.textContent = USES[state.role] ?? state.role;
      socket.title = `${state.name}: ${USES[state.role]}${state.baud ? `, ${state.baud} baud` : ""}${state.listens ? `, at ${state.listens}` : ""}`;
      socket.setAttribute("aria-label", socket.title);
    },
  };
}
