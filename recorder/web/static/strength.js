// How hard a password is to guess, roughly and in words; the rule that counts is the recorder's.
import { make } from "./form.js";
import { Refusal } from "./api.js";
import { secret } from "./sheet.js";

const SHORTEST = 8;
const COMMON = ["password", "passwort", "12345678", "qwerty", "qwertz", "nightjar", "letmein", "recorder", "camera", "admin"];
const WORDS = ["At least 8 characters", "Weak: easy to guess", "Fair: longer is better", "Strong"];

// 0 to 3, as on the recorder's screen: length, kinds of characters, runs, common words, the user's own name.
export function strength(password, user = "") {
  const letters = [...password];
  if (letters.length < SHORTEST) return 0;
  const plain = password.toLowerCase();
  const name = user.toLowerCase();
  let fresh = letters.length;
  for (const word of name.length >= 3 ? [...COMMON, name, [...name].reverse().join("")] : COMMON)
    if (plain.includes(word)) fresh -= word.length - 1;
  const codes = [...plain].map((one) => one.codePointAt(0));
  const steps = codes.slice(1).map((code, at) => code - codes[at]);
  fresh -= steps.slice(1).filter((step, at) => step === steps[at] && Math.abs(step) <= 1).length;
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{L}\p{N}]/u].filter((kind) => kind.test(password)).length;
  const score = fresh + 2 * (kinds - 1);
  if (score >= 18 && fresh >= 10) return 3;
  return score >= 11 && fresh >= 7 ? 2 : 1;
}

// Two fields that must agree, and a meter. `whose()` gives the name of the user.
export function newPassword(whose = () => "") {
  const first = secret("new", "New password", "new-password");
  const meter = make("meter", { min: 0, max: 3, value: 0, low: 2, high: 3, optimum: 3 });
  const words = make("span", { className: "quiet", textContent: WORDS[0] });
  const input = first.querySelector("input");
  input.oninput = () => {
    const found = strength(input.value, whose());
    meter.value = found;
    words.textContent = WORDS[found];
  };
  return [first, make("div", { className: "strength" }, meter, words), secret("again", "New password again", "new-password")];
}

export function agreed(values) {
  if (values.new !== values.again) throw new Refusal({ words: "The two passwords differ. Write the same one twice." });
  return values.new;
}
