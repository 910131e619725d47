// The page: one web socket, and a small module for each kind of device that draws its state and sends its gestures.
import { Screen } from "./screen.js";
import { make as makeAlarmInput } from "./kinds/alarm_input.js";
import { make as makeBay, makeDisk } from "./kinds/bay.js";
import { make as makeBuzzer } from "./kinds/buzzer.js";
import { make as makeCameraNet } from "./kinds/camera_net.js";
import { make as makeClock } from "./kinds/clock.js";
import { make as makeDisplay } from "./kinds/display.js";
import { make as makeFan } from "./kinds/fan.js";
import { make as makeIndicator } from "./kinds/indicator.js";
import { make as makeKey } from "./kinds/key.js";
import { make as makeNetworkInterface } from "./kinds/network_interface.js";
import { make as makePoeSupply } from "./kinds/poe_supply.js";
import { make as makePower } from "./kinds/power.js";
import { make as makePtzBus } from "./kinds/ptz_bus.js";
import { make as makeRelay } from "./kinds/relay.js";
import { make as makeRemote } from "./kinds/remote.js";
import { make as makeSerialPort } from "./kinds/serial_port.js";
import { make as makeSupply } from "./kinds/supply.js";
import { make as makeSwitchPort } from "./kinds/switch_port.js";
import { make as makeTemperature } from "./kinds/temperature.js";
import { make as makeUsbPort } from "./kinds/usb_port.js";

// Each gives { slot, root, show(state), hear(event) }; slot and root are left out by what draws into another's place.
const KINDS = {
  alarm_input: makeAlarmInput, bay: makeBay, buzzer: makeBuzzer, camera_net: makeCameraNet, clock: makeClock, disk: makeDisk,
  display: makeDisplay, fan: makeFan, indicator: makeIndicator, key: makeKey, network_interface: makeNetworkInterface,
  poe_supply: makePoeSupply, power: makePower, ptz_bus: makePtzBus, relay: makeRelay, remote: makeRemote,
  serial_port: makeSerialPort, supply: makeSupply, switch_port: makeSwitchPort, temperature: makeTemperature,
  usb_port: makeUsbPort,
};
const AGAIN_MS = 1000;
const WORDS_MS = 6000;
const parts = new Map();
const waiting = new Map();
let socket = null;
let number = 0;

const send = (message) => {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
};
const hand = {
  // What strikes all devices of a kind, such as a power cut.
  each: (kind, gesture, args = {}) => {
    for (const place of parts.keys()) {
      const [found, ...name] = place.split(" ");
      if (found === kind) hand.gesture({ kind, name: name.join(" ") }, gesture, args);
    }
  },
  // Gives what the gesture tells, or null where it was refused; the refusal is said.
  gesture: (device, gesture, args = {}) => new Promise((resolve) => {
    if (socket?.readyState !== WebSocket.OPEN) return resolve(null);
    number += 1;
    waiting.set(number, resolve);
    send({ do: "gesture", id: number, kind: device.kind, name: device.name, gesture, args });
  }),
  say,
};
const screen = new Screen(document.getElementById("screen"), document.getElementById("no-signal"), send);

function say(words) {
  const line = document.createElement("p");
  line.textContent = words;
  document.getElementById("words").append(line);
  setTimeout(() => line.remove(), WORDS_MS);
}

function board(message) {
  document.getElementById("board").textContent = message.title;
  for (const part of parts.values()) part.root?.remove();
  parts.clear();
  const simulated = new Set(message.inventory.filter((one) => one.simulated).map((one) => `${one.kind} ${one.name}`));
  for (const device of message.devices) {
    const make = KINDS[device.kind];
    if (!make || !simulated.has(`${device.kind} ${device.name}`)) continue;
    const part = make(device, hand);
    parts.set(`${device.kind} ${device.name}`, part);
    if (part.slot) document.querySelector(`[data-slot="${part.slot}"]`).append(part.root);
    show(device);
  }
  for (const slot of document.querySelectorAll(".group")) slot.hidden = !slot.querySelector("[data-slot]").children.length;
  document.body.classList.add("ready");
}

function show(device) {
  const part = parts.get(`${device.kind} ${device.name}`);
  if (!part) return;
  part.show(device);
  if (part.root) {
    part.root.classList.toggle("offline", !device.online);
    if (device.online) part.root.removeAttribute("data-reason");
    else part.root.dataset.reason = device.reason;
  }
}

function take(message) {
  if (message.op === "board" || (message.op === "done" && message.devices)) board(message);
  else if (message.op === "done") answer(message.id, message);
  else if (message.op === "state") show(message.device);
  else if (message.op === "event") parts.get(`${message.event.kind} ${message.event.name}`)?.hear?.(message.event);
  else if (message.op === "error") {
    say(message.words);
    answer(message.id, null);
  }
  else if (message.op === "screen") screen.light(message.on);
  else if (message.op === "away") {
    document.body.classList.remove("ready");
    for (const id of [...waiting.keys()]) answer(id, null);
  }
}

function answer(id, message) {
  waiting.get(id)?.(message);
  waiting.delete(id);
}

function connect() {
  socket = new WebSocket(`ws://${location.host}/live`);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => screen.begin();
  socket.onmessage = ({ data }) => (typeof data === "string" ? take(JSON.parse(data)) : screen.draw(data));
  socket.onclose = () => {
    screen.light(false);
    for (const id of [...waiting.keys()]) answer(id, null);
    document.body.classList.remove("ready");
    setTimeout(connect, AGAIN_MS);
  };
}

connect();
