// The configuration as a whole: backups on disks, out as a file, in from one, and factory reset.
import { ask, fetched, send } from "./api.js";
import { moment } from "./clock.js";
import { make } from "./form.js";
import { typed } from "./typed.js";

const OWN = { name: "password", label: "Your password", secret: true };
const RESETS = {
  settings: ["Reset settings", "Cameras, schedules, rules and all other settings go; users and network stay."],
  users: ["Reset settings and users", "All settings and all users go; the recorder is set up anew."],
  everything: ["Reset everything but recordings", "Settings, users, keys, events, the log and exports kept here go. "
    + "Encrypted pools are read with their recovery keys alone then: write them down first."],
};
const TAKINGS = { clone: "Be another one like it", same: "Be that recorder again" };

export const configuration = {
  name: "configuration",
  title: "Backup and reset",
  againMs: 5000,
  asks: ["/configuration"],
  parts([told], dialog) {
    const file = make("input", { type: "file", accept: ".njsc", hidden: true });
    file.onchange = () => file.files[0] && hold(() => send("/configuration/file", file.files[0], "application/octet-stream"), dialog);
    return [...kept(told), file,
      make("section", { className: "group stack" },
        make("h3", { textContent: "Settings as a file" }),
        make("p", { className: "quiet", textContent: "All that is set, with all passwords, in one file that only its password opens." }),
        make("span", { className: "deeds" },
          dialog.button("export", "Export", () => take(dialog)),
          dialog.button("import", "Import a file from here", () => file.click())),
        ...[told.stick_problem, told.left_out].filter(Boolean).map((words) => make("p", { className: "tone bad", textContent: words })),
        make("div", { className: "rows" }, ...told.found.map((one) => stick(one, dialog)))),
      make("section", { className: "group stack" },
        make("h3", { textContent: "Factory reset" }),
        make("div", { className: "rows" }, ...Object.entries(RESETS).map(([extent, [title, words]]) =>
          make("article", { className: "line deed" }, make("b", { textContent: title }),
            make("span", { className: "quiet", textContent: words }),
            make("span", { className: "deeds" }, dialog.button(`reset ${extent}`, "Reset…", () => reset(extent, dialog)))))))];
  },
};

function kept({ backups }) {
  const good = backups.filter((one) => one.at_us && !one.problem);
  const oldest = Math.min(...good.map((one) => one.at_us));
  const words = good.length
    ? `The settings are kept on ${good.map((one) => one.disk).join(", ")}, as of ${moment(oldest / 1000)}.`
    : "The settings are on no recording disk yet. They are kept there every hour.";
  return [make("div", { className: "summary" }, make("p", { className: `tone ${good.length ? "good" : "quiet"}`, textContent: words }),
    ...backups.filter((one) => one.problem).map((one) =>
      make("p", { className: "tone bad", textContent: `${one.disk}: ${one.problem}` })))];
}

function stick(one, dialog) {
  return make("article", { className: "line deed" },
    make("b", { textContent: one.name }),
    make("span", { className: "quiet", textContent: `USB stick ${one.stick}` }),
    ...one.problem ? [make("span", { className: "tone bad", textContent: one.problem })] : [],
    make("span", { className: "deeds" }, ...one.problem ? []
      : [dialog.button(`take ${one.id}`, "Import", () => hold(() => ask("POST", "/configuration/stick", { id: one.id }), dialog))]));
}

function take(dialog) {
  typed({
    title: "Export the settings",
    words: "Choose a password for the file: 8 to 128 characters. Keep both apart from the recorder.",
    fields: [{ name: "file_password", label: "Password of the file", secret: true },
      { name: "again", label: "Once more", secret: true }, OWN],
    verb: "Export",
  }, async ({ file_password, again, password }) => {
    if (file_password !== again) throw new Error("The two passwords differ.");
    const { name, blob } = await fetched("/configuration/export", { file_password, password });
    const link = make("a", { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    dialog.say(`${name} was sent to this computer.`);
  });
}

async function hold(take_in, dialog) {
  let held;
  try {
    held = await take_in();
  } catch (error) {
    dialog.say(error.message, true);
    return;
  }
  dialog.say("");
  typed({
    title: `The settings of ${held.name}`,
    words: `From ${moment(held.made_us / 1000)}. Nothing is changed yet. Another one like it keeps its own name, `
      + "number, keys, cameras, disks and network.",
    fields: [{ name: "file_password", label: "Password of the file", secret: true },
      { name: "taking", label: "What this recorder becomes", choices: TAKINGS, value: held.same_recorder ? "same" : "clone" }],
    verb: "What would change?",
  }, async ({ file_password, taking }) => {
    const seen = await ask("POST", "/configuration/look", { id: held.id, file_password, taking });
    agree(held, seen, { file_password, taking }, dialog);
  });
}

function agree(held, seen, chosen, dialog) {
  const lines = seen.differences.map((one) => [one.page, one.item, one.field].filter(Boolean).join(" ")
    + (one.field ? `: ${one.old} → ${one.new}` : ": goes"));
  if (seen.more) lines.push(`and ${seen.more} more`);
  lines.push(...seen.left_out.map((words) => `left out: ${words}`));
  typed({
    title: "This would change",
    words: `Users then: ${seen.users.join(", ")}. The recorder starts anew; then log in with a password of the file.`,
    lines: lines.length ? lines : ["No setting changes."],
    fields: [OWN], verb: "Take it in", danger: true, wide: true,
  }, async ({ password }) => {
    await ask("POST", "/configuration/take", { id: held.id, ...chosen, password });
    dialog.say("The settings are taken in. The recorder starts anew.");
  });
}

function reset(extent, dialog) {
  const [title, words] = RESETS[extent];
  typed({
    title: `${title}?`, words: `${words} Recordings stay on their disks.`, fields: [OWN], verb: "Reset", danger: true,
  }, async ({ password }) => {
    await ask("POST", "/configuration/reset", { extent, password });
    dialog.say("It is reset. The recorder starts anew.");
  });
}
