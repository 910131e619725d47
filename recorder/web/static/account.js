// One's own account: password, second factor, one-time codes, questions; and what one must be told.
import { ask } from "./api.js";
import * as clock from "./clock.js";
import { make } from "./form.js";
import { agreed, newPassword } from "./strength.js";
import { field, secret, sheet } from "./sheet.js";

const OWN = "/sessions/current/credentials";
const ASKED = 3;
const LOCKS = { pattern: "a pattern", pin: "a PIN", "": "only the password" };
const proof = () => secret("password", "Your password");

export async function showAccount(user) {
  const [found, known] = await Promise.all([ask("GET", OWN), ask("GET", "/recovery/questions")]);
  const again = () => showAccount(user);
  let chosen = null;
  const row = (name, title, state, label, go) => {
    const button = make("button", { type: "button", className: "plain", textContent: label });
    button.dataset.own = name;
    button.onclick = () => { chosen = go; button.closest("dialog").close(); };
    return make("div", { className: "own" }, make("div", {}, make("strong", { textContent: title }),
      make("p", { className: "quiet", textContent: state })), button);
  };
  await sheet({
    title: `Account of ${user}`, out: "", label: "Close", wide: true,
    parts: [
      row("password", "Password", "Asked for everywhere", "Change", () => ownPassword(user)),
      found.second_factor
        ? row("second", "Second factor", "On: logins over the network ask for it", "Remove", dropSecond)
        : row("second", "Second factor", "Off", "Set up", setUpSecond),
      row("codes", "One-time codes", `${found.codes_left} left`, "Make anew", newCodes),
      row("questions", "Questions", found.questions.length ? "Chosen; they count at the recorder's own screen" : "None",
        "Choose", () => chooseQuestions(known, found.questions)),
      make("p", { className: "quiet", textContent: `At the recorder's own screen: ${LOCKS[found.screen_lock]}. It is set there.` }),
    ],
  });
  if (chosen) { await chosen(); await again(); }
}

// Change one's own password; gives null where that was called off.
export function ownPassword(user, words = "") {
  return sheet({
    title: "Your new password", words, label: "Change",
    fields: [secret("old", "Password until now"), ...newPassword(() => user)],
    act: (values) => ask("PUT", "/sessions/current/password", { old: values.old, new: agreed(values) }),
  });
}

async function setUpSecond() {
  const begun = await sheet({
    title: "Second factor", label: "Go on", fields: [proof()],
    words: "A login over the network then asks for six digits that an authenticator app on your phone shows.",
    act: ({ password }) => ask("POST", `${OWN}/second-factor`, { password }),
  });
  if (!begun) return;
  await sheet({
    title: "Second factor", label: "Switch on",
    words: "Scan this with an authenticator app, then write the six digits that it shows.",
    parts: [qr(begun.rows), make("code", { textContent: begun.secret.match(/.{1,4}/g).join(" ") })],
    fields: [field("code", "Six digits", { inputMode: "numeric", autocomplete: "one-time-code", maxLength: 7 })],
    act: ({ code }) => ask("PUT", `${OWN}/second-factor`, { code }),
  });
}

function dropSecond() {
  return sheet({
    title: "Remove the second factor?", label: "Remove", fields: [proof()],
    words: "Over the network the password alone is asked for then.",
    act: ({ password }) => ask("POST", `${OWN}/second-factor/remove`, { password }),
  });
}

async function newCodes() {
  const made = await sheet({
    title: "New one-time codes", label: "Make codes", fields: [proof()],
    words: "Ten new codes are made. Those that you have until now do not count any more.",
    act: ({ password }) => ask("POST", `${OWN}/recovery-codes`, { password }),
  });
  if (made) await showCodes(made.codes);
}

export function showCodes(codes) {
  const print = make("button", { type: "button", className: "plain", textContent: "Print" });
  print.onclick = () => window.print();
  return sheet({
    title: "Your one-time codes", label: "I have them", out: "", wide: true,
    words: "Print or write down these codes, and keep them apart from the recorder. Each sets a forgotten password anew, or "
      + "stands for a lost second factor, once. Nobody can show them again.",
    parts: [make("div", { className: "codes" }, ...codes.map((code) => make("code", { textContent: code }))), print],
  });
}

function chooseQuestions(known, chosen) {
  const names = [...chosen, ...known.map((one) => one.name).filter((name) => !chosen.includes(name))].slice(0, ASKED);
  const selects = names.map((name, at) => {
    const select = make("select", { name: `question${at}` },
      ...known.map((one) => make("option", { value: one.name, textContent: one.words })));
    select.value = name;
    return select;
  });
  return sheet({
    title: "Your questions", label: "Set questions",
    words: "Whoever knows all three answers and stands before the recorder sets your password anew. One-time codes are safer.",
    fields: [...selects.flatMap((select, at) => [select, field(`answer${at}`, "Answer", { autocomplete: "off", maxLength: 64 })]),
      proof()],
    act: (values) => ask("PUT", `${OWN}/questions`, { password: values.password,
      answers: Object.fromEntries(names.map((_name, at) => [values[`question${at}`], values[`answer${at}`]])) }),
  });
}

// What somebody who has just come in must know: whose password was reset, until he says that he has seen it.
export async function tellResets(resets) {
  if (!resets.length) return;
  const ways = { code: "with a one-time code", answers: "by answers to questions",
    key: "by the reset key of the case", stick: "with the recovery stick" };
  const lines = resets.slice(-10).reverse().map((one) => make("p", { textContent:
    `${one.user}, ${clock.moment(one.at_us / 1000)}, ${ways[one.way] ?? one.way}, from ${one.source.split(":").slice(1).join(":")}` }));
  const seen = await sheet({
    title: "A password was reset", label: "I have seen it", out: "", parts: lines,
    words: "If nobody you know did this, set another password, and look into the audit.",
  });
  if (seen) await ask("PUT", "/sessions/current/seen-resets", { upto: resets.at(-1).id }).catch(() => {});
}

function qr(rows) {
  const quiet = 4, dot = 5, side = (rows.length + 2 * quiet) * dot;
  const canvas = make("canvas", { width: side, height: side, className: "qr" });
  canvas.setAttribute("aria-label", "QR code");
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, side, side);
  pen.fillStyle = "#000";
  rows.forEach((row, down) => [...row].forEach((dark, across) => {
    if (dark === "1") pen.fillRect((across + quiet) * dot, (down + quiet) * dot, dot, dot);
  }));
  return canvas;
}
