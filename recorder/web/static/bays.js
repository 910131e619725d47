// Bays, arrays, disks elsewhere and pools, in the recorder's words, and what can be done with each.
import { ask } from "./api.js";
import { addDisk, makeArray, removeDisk, replaceDisk } from "./arrays.js";
import { make } from "./form.js";
import { typed } from "./typed.js";

const PACES = { adaptive: "As the disks have time", balanced: "Balanced", recording_first: "Recording first", sync_first: "Rebuild first" };
const FILE_SYSTEMS = { xfs: "XFS (as a rule)", ext4: "ext4" };

export const bays = {
  name: "bays",
  title: "Disks",
  asks: ["/storage"],
  parts([told], dialog) {
    if (!told.rows.length) return [make("p", { className: "quiet", textContent: "There is no disk to record on." })];
    const array = dialog.button("make-array", "Make an array", () => (told.free.length < 2
      ? dialog.say("An array is made of two disks or more that nothing is recorded to. Push new ones in.", true)
      : makeArray(told.free, dialog)));
    return [make("p", {}, array), make("div", { className: "rows" }, ...told.rows.map((one) => row(one, dialog)))];
  },
};

function row(one, dialog) {
  const card = make("article", { className: "line tall" }, make("b", { textContent: one.label }),
    make("span", { className: "quiet", textContent: one.note }),
    make("span", { className: `tone ${one.tone}`, textContent: one.words }),
    make("span", { className: "deeds" }, ...deeds(one, dialog)));
  card.dataset.item = `${one.kind} ${one.item}`;
  if (!one.facts.length) return card;
  const list = make("dl", {}, ...one.facts.flatMap((fact) => [make("dt", { textContent: fact.name }),
    make("dd", { className: `tone ${fact.tone}`, textContent: fact.words })]));
  const more = make("details", {}, make("summary", { textContent: "All that is known of it" }), list);
  more.open = opened.has(card.dataset.item);
  more.ontoggle = () => opened[more.open ? "add" : "delete"](card.dataset.item);
  card.append(more);
  return card;
}

const opened = new Set();

function deeds(one, dialog) {
  const path = `/${one.kind}s/${encodeURIComponent(one.item)}`;
  const found = [];
  const add = (name, words, act, look) => found.push(dialog.button(`${name} ${one.item}`, words, act, look));
  // What ends a thing has the key of what began it: the focus stays where it is.
  const keys = { locate_off: "locate", stop_test: "test" };
  const asks = (name, words, method, to, body, question) => {
    if (one.deeds.includes(name)) add(keys[name] ?? name, words, () => dialog.act(method, `${path}/${to}`, body, question));
  };
  asks("cancel", "Cancel", "DELETE", "job");
  asks("locate", "Blink its light", "POST", "locate", { on: true });
  asks("locate_off", "Stop its light", "POST", "locate", { on: false });
  asks("scan", "Look for a disk", "POST", "scan");
  asks("check", "Ask the drive now", "POST", "check");
  asks("test", "Self-test, 2 minutes", "POST", "test", { extended: false });
  if (one.deeds.includes("test")) add("whole", "Self-test, all of it", () => dialog.act("POST", `${path}/test`, { extended: true }));
  asks("stop_test", "Stop the self-test", "DELETE", "test");
  asks("verify", "Compare its disks", "POST", "verify");
  if (one.deeds.includes("pace")) found.push(dialog.choice(`pace ${one.item}`, "Who goes first", PACES, one.pace,
    (pace) => dialog.act("PATCH", path, { pace })));
  if (one.disk) add("settings", "Pool and use", () => dialog.settings("disk", one.disk));
  if (one.kind === "pool") add("settings", "Rules of the pool", () => dialog.settings("pool", one.item));
  asks("release", "Remove safely", "POST", "release", undefined,
    `Remove the disk in bay ${one.item}?\n\nIts files are closed, then it can be pulled. Pushed in again, it is used as before.`);
  if (one.deeds.includes("add")) add("add", "Add a disk", () => addDisk(one, path, dialog), "plain danger");
  if (one.deeds.includes("replace")) add("replace", "Replace a disk", () => replaceDisk(one, path, dialog), "plain danger");
  if (one.deeds.includes("remove")) add("remove", "Take a disk out", () => removeDisk(one, path, dialog), "plain danger");
  asks("forget", "Forget pulled disks", "POST", "forget");
  if (one.deeds.includes("prepare")) add("prepare", "Prepare for recording", () => prepare(one, path, dialog), "plain danger");
  if (one.deeds.includes("delete")) add("delete", "Take it apart", () => apart(one, path, dialog), "plain danger");
  return found;
}

const fact = (one, names) => one.facts.filter((each) => names.includes(each.name)).map((each) => each.words).join(", ");

function prepare(one, path, dialog) {
  const array = one.kind === "array";
  const names = array
    ? { name: "id", label: "Type the first eight digits of its id, so that no other is meant", longest: 40 }
    : { name: "serial", label: "Type its serial number, so that no other disk is meant", longest: 64 };
  typed({
    title: array ? `Prepare the ${one.label.replace("Array", "array")}?` : `Prepare the disk in bay ${one.item}?`,
    words: `ALL THAT IS ON THIS ${array ? "ARRAY" : "DISK"} IS LOST. Then the recorder records on it.`,
    which: fact(one, array ? ["Its disks", "Id"] : ["Disk", "Kind and size", "Serial number"]),
    fields: [names, { name: "name", label: "What it is called from now on (empty: the next free name)", longest: 12 },
      { name: "filesystem", label: "File system", choices: FILE_SYSTEMS }],
    verb: "Erase and prepare", danger: true,
  }, (values) => begin(dialog, `${path}/prepare`, values));
}

function apart(one, path, dialog) {
  typed({
    title: `Take the ${one.label.replace("Array", "array")} apart?`,
    words: "ALL THAT IS ON THIS ARRAY IS LOST. Its disks can be used for something else then.",
    which: fact(one, ["Its disks", "Id"]),
    fields: [{ name: "id", label: "Type the first eight digits of its id, so that no other is meant", longest: 40 }],
    verb: "Erase and take apart", danger: true,
  }, (values) => begin(dialog, `${path}/delete`, values));
}

async function begin(dialog, path, values) {
  await ask("POST", path, values);
  dialog.look();
}
