// The stick that lets back in at the recorder's screen: made of one that is in the recorder, from wherever one sits.
import { ask } from "./api.js";
import { make } from "./form.js";
import { secret, sheet } from "./sheet.js";

// Gives what the stick is called that was made; null where it was called off.
export async function makeRecoveryStick() {
  const { sticks } = await ask("GET", "/status");
  if (!sticks.length) {
    throw new Error("Push a USB stick into the recorder, and choose this again. What is on the stick stays there.");
  }
  const ports = make("select", { name: "port" }, ...sticks.map((one) =>
    make("option", { value: one.port, textContent: `${one.label} (${one.port})` })));
  const own = secret("password", "Your password");
  own.querySelector("input").autofocus = sticks.length === 1;
  const made = await sheet({
    title: "Make a recovery stick", label: "Make it",
    words: "With it the password of an administrator is set anew at the recorder's screen, once, when it is forgotten. "
      + "Keep it apart from the recorder: whoever has it can do so. What is on the stick stays; a stick that was made "
      + "before counts no more.",
    fields: [make("label", {}, "USB stick in the recorder", ports), own],
    act: ({ port, password }) => ask("POST", "/recovery/stick", { port, password }),
  });
  return made && made.stick;
}
