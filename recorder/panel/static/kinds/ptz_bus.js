// A line with domes, seen from above: each turns to where it looks, its eye rises and its view narrows.
import { element, handle } from "../parts.js";

const DEGREES = [["left", -45, 0], ["right", 45, 0], ["up", 0, 20], ["down", 0, -20]];

export function make(device, hand) {
  const domes = new Map(device.domes.map((one) => [one.address, dome(device, one.address, hand)]));
  const root = element("div", { class: "domes" }, ...[...domes.values()].map((one) => one.root));
  return {
    slot: "domes",
    root,
    show(state) {
      for (const one of state.domes) domes.get(one.address)?.show(one);
    },
  };
}

function dome(device, address, hand) {
  const cone = element("i", { class: "cone" });
  const eye = element("i", { class: "pupil" });
  const ball = element("button", { class: "ball" }, cone, element("i", { class: "glass" }, eye));
  const words = element("span", { class: "quiet" });
  const menu = handle(ball, async () => {
    const kept = (await hand.gesture(device, "presets", { address }))?.result ?? {};
    const told = Object.entries(kept).map(([number, look]) => [`Preset ${number}: ${look_words(look)}`]);
    return [
      ...(told.length ? told : [["It keeps no presets yet."]]),
      ...DEGREES.map(([way, pan, tilt]) => [`Turn it ${way} by hand`,
        () => hand.gesture(device, "turn", { address, pan_degrees: pan, tilt_degrees: tilt })]),
    ];
  });
  const root = element("div", { class: "dome" }, ball, element("b", { text: `Dome ${address}` }), words, menu);
  return {
    root,
    show(state) {
      const look = state.look ?? { pan_degrees: 0, tilt_degrees: 0, zoom: 0 };
      ball.style.setProperty("--pan", `${look.pan_degrees}deg`);
      ball.style.setProperty("--rise", Math.cos((look.tilt_degrees * Math.PI) / 180));
      ball.style.setProperty("--wide", 1 - 0.8 * look.zoom);
      root.classList.toggle("moving", state.moving);
      words.textContent = look_words(look);
      ball.title = `Dome ${address}: ${look_words(look)}${state.moving ? ", turns" : ""}`;
      ball.setAttribute("aria-label", ball.title);
    },
  };
}

const look_words = (look) => `${look.pan_degrees.toFixed(0)}° ${look.tilt_degrees < 0 ? "↓" : "↑"}${Math.abs(look.tilt_degrees).toFixed(0)}°`
  + (look.zoom > 0.005 ? ` ×${(1 + 29 * look.zoom).toFixed(0)}` : "");
