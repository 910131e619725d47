// The buzzer: heard once somebody has touched the page, and always seen.
import { element, sound } from "../parts.js";

export function make() {
  const mute = element("button", { class: "mute", "aria-pressed": "false", text: "Mute" });
  const words = element("span", { class: "quiet", text: "silent" });
  const root = element("div", { class: "buzzer" }, element("i", { class: "grille" }), words, mute);
  let tone = null;
  let hz = 0;
  const play = () => {
    const context = sound();
    tone?.stop();
    tone = null;
    if (!hz || mute.getAttribute("aria-pressed") === "true" || context?.state !== "running") return;
    const gain = context.createGain();
    gain.gain.value = 0.04;
    tone = context.createOscillator();
    tone.type = "square";
    tone.frequency.value = hz;
    tone.connect(gain).connect(context.destination);
    tone.start();
  };
  mute.addEventListener("click", () => {
    mute.setAttribute("aria-pressed", String(mute.getAttribute("aria-pressed") !== "true"));
    play();
  });
  return {
    slot: "buzzer",
    root,
    show(state) {
      hz = state.online ? state.tone_hz : 0;
      root.classList.toggle("sounding", hz > 0);
      words.textContent = state.sounds.length ? state.sounds.join(", ") : hz ? `${hz} Hz` : "silent";
      play();
    },
  };
}
