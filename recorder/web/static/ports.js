// PoE ports: what each does and takes; switched off and on, and restarted with its camera.
import { make } from "./form.js";

export const ports = {
  name: "ports",
  title: "PoE ports",
  asks: ["/poe"],
  parts([supplies], dialog) {
    if (!supplies.length) return [make("p", { className: "quiet", textContent: "This recorder has no PoE ports." })];
    return supplies.flatMap((supply) => [
      make("p", { className: supply.online ? "quiet" : "tone bad", textContent: supply.words }),
      make("div", { className: "rows" }, ...supply.ports.map((port) => row(supply, port, dialog))),
    ]);
  },
};

function row(supply, port, dialog) {
  const path = `/poe/${encodeURIComponent(supply.name)}/ports/${port.port}`;
  const title = port.label && port.label !== String(port.port) ? `${port.port}  ${port.label}` : `Port ${port.port}`;
  const deeds = [];
  if (port.enabled) {
    deeds.push(dialog.button(`restart ${port.port}`, "Restart the camera",
      () => dialog.act("POST", `${path}/restart`, undefined, `${title}: take its power away for two seconds?`)));
  }
  deeds.push(dialog.button(`switch ${port.port}`, port.enabled ? "Switch off" : "Switch on",
    () => dialog.act("PATCH", path, { enabled: !port.enabled }, port.enabled ? `${title}: switch its power off?` : "")));
  const one = make("article", { className: "line" }, make("b", { textContent: title }),
    make("span", { className: `tone ${port.tone}`, textContent: port.words }),
    make("span", { className: "quiet", textContent: port.figures }), make("span", { className: "deeds" }, ...deeds));
  one.dataset.port = port.port;
  return one;
}
