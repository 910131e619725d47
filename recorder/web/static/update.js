// The recorder's own firmware: what runs, a file from a stick, from here or from an address, and when it is installed.
import { ask, send } from "./api.js";
import { moment } from "./clock.js";
import { make } from "./form.js";
import { typed } from "./typed.js";

export const update = {
  name: "update",
  title: "Update",
  asks: ["/update"],
  parts([told], dialog) {
    return [head(told), ...progress(told), ...told.bundle && !told.busy ? [bundle(told, dialog)] : [],
      ...told.problem ? [] : sources(told, dialog)];
  },
};

function head(told) {
  const runs = `Version ${told.version} runs.${told.development ? " It is a development build." : ""}`;
  return make("div", { className: "summary" }, ...told.version ? [make("p", { className: "quiet", textContent: runs })] : [],
    make("p", { className: `tone ${told.problem ? "quiet" : told.tone}`, textContent: told.problem || told.words }));
}

function progress(told) {
  if (!told.busy) return [];
  const bar = make("progress", { max: 100 });
  if (told.percent !== null) bar.value = told.percent;
  return [bar];
}

function bundle(told, dialog) {
  const { version, description, built, signer, source, digest } = told.bundle;
  const gap = `While the recorder starts anew, about ${told.gap_s} s will not be recorded.`;
  const install = (when) => dialog.act("POST", "/update/install", { digest, when, gap_s: told.gap_s },
    `Install version ${version}${when === "now" ? " now" : " tonight at 03:00"}? ${gap}`);
  const planned = told.at_us ? [make("p", { textContent: `It will be installed ${moment(told.at_us / 1000)}.` })] : [];
  return make("section", { className: "group stack" },
    make("h3", { textContent: `Version ${version}` }),
    make("p", { textContent: description }),
    make("p", { className: "quiet", textContent: [built, `signed: ${signer}`, source].filter(Boolean).join(" · ") }),
    make("p", { textContent: gap }), ...planned,
    make("span", { className: "deeds" },
      dialog.button("now", "Install now", () => install("now"), ""),
      ...told.tonight_us ? [dialog.button("tonight", "Tonight at 03:00", () => install("tonight"))] : [],
      dialog.button("forget", "Do not install", () => dialog.act("DELETE", "/update"))));
}

function sources(told, dialog) {
  if (told.busy) {
    return told.phase === "found" ? [make("p", {}, dialog.button("cancel", "Cancel", () => dialog.act("DELETE", "/update")))] : [];
  }
  const rows = told.found.map((one) => make("article", { className: "line deed" },
    make("b", { textContent: one.name }),
    make("span", { className: "quiet", textContent: `USB stick ${one.stick}, ${(one.bytes / 1e6).toFixed(1)} MB` }),
    ...one.problem ? [make("span", { className: "tone bad", textContent: one.problem })] : [],
    make("span", { className: "deeds" }, ...one.problem ? []
      : [dialog.button(`stick ${one.id}`, "Check it", () => dialog.act("POST", "/update/stick", { id: one.id }))])));
  const file = make("input", { type: "file", accept: ".raucb", hidden: true });
  file.onchange = () => upload(file.files[0], dialog);
  return [make("h3", { textContent: "Take an update" }),
    ...told.stick_problem ? [make("p", { className: "tone bad", textContent: told.stick_problem })] : [],
    make("div", { className: "rows" }, ...rows), file,
    make("span", { className: "deeds" },
      dialog.button("file", "A file from here", () => file.click()),
      dialog.button("address", "From an address", () => fromAddress(dialog))),
    make("p", { className: "quiet", textContent: "A USB stick with an update is seen as soon as it is in. "
      + `To go back to an older version a permit for this recorder (${told.recorder}) is needed.` })];
}

async function upload(file, dialog) {
  if (!file) return;
  dialog.say(`${file.name} is sent.`);
  try {
    await send("/update/bundle", file, "application/octet-stream");
    dialog.say("");
  } catch (error) {
    dialog.say(error.message, true);
  }
  dialog.look();
}

function fromAddress(dialog) {
  typed({
    title: "Fetch an update",
    words: "Whoever gives it, only what is signed for this recorder is installed.",
    fields: [{ name: "url", label: "Address (https://…)" }, { name: "permit", label: "Permit (only to go back)" }],
    verb: "Fetch",
  }, async (values) => {
    await ask("POST", "/update/address", values);
    dialog.look();
  });
}
