// Arrays of disks: made of free ones, given more, their disks replaced and taken out; what loses data is typed back.
import { ask } from "./api.js";
import { typed } from "./typed.js";

const LEVELS = { raid1: "RAID 1: each disk holds all", raid5: "RAID 5: one disk may fail", raid6: "RAID 6: two disks may fail",
  raid10: "RAID 10: one disk of each pair may fail", raid0: "RAID 0: one disk less loses all" };
const ROLES = { member: "In the array", spare: "Spare", none: "Not used" };
const USES = { spare: "Takes the place of a missing disk, or waits as a spare",
  shared_spare: "The same for all arrays that share their spares", grow: "More room for the array" };
const RAID5_FROM = 3;
const LONGEST_SERIAL = 64;

const serial = (label) => ({ name: "serial", label, longest: LONGEST_SERIAL });
const bays = (names) => Object.fromEntries(names.map((bay) => [bay, `Bay ${bay}`]));
const named = (one) => one.label.replace("Array", "array");
const fact = (one, name) => one.facts.find((each) => each.name === name)?.words ?? "";

// A disk takes part only when its serial number was typed: that names it, and says that it may be emptied.
export function makeArray(free, dialog) {
  let planned = "";
  let told = null;
  const of = (values, use) => free.filter((disk) => values[`use ${disk.bay}`] === use);
  typed({
    title: "Make an array?",
    words: "ALL THAT IS ON ITS DISKS IS LOST. They stand for each other then, and record as one.",
    fields: [{ name: "title", label: "What it is called", longest: 32, value: "video" },
      { name: "level", label: "How its disks stand for each other", choices: LEVELS, value: free.length < RAID5_FROM ? "raid1" : "raid5" },
      ...free.flatMap((disk) => [
        { name: `use ${disk.bay}`, label: `Bay ${disk.bay}: ${disk.words}`, choices: ROLES, value: "member", beside: true },
        { name: `serial ${disk.bay}`, label: `Type its serial number, ${disk.serial}`, longest: LONGEST_SERIAL, beside: true }])],
    verb: "Erase and make the array", danger: true, wide: true,
    live: (values) => {
      const bay = (disk) => disk.bay;
      const wanted = { level: values.level, members: of(values, "member").map(bay), spares: of(values, "spare").map(bay) };
      // What is typed changes nothing of it.
      if (JSON.stringify(wanted) !== planned) {
        planned = JSON.stringify(wanted);
        told = ask("POST", "/arrays/plan", wanted).then((plan) => plan.refusal || plan.words);
      }
      return told;
    },
  }, async (values) => {
    const typedBack = (use) => Object.fromEntries(of(values, use).map((disk) => [disk.bay, values[`serial ${disk.bay}`]]));
    await ask("POST", "/arrays", { title: values.title, level: values.level, members: typedBack("member"), spares: typedBack("spare") });
    dialog.look();
  });
}

export function addDisk(one, path, dialog) {
  typed({
    title: `Add a disk to the ${named(one)}?`,
    words: "ALL THAT IS ON THE DISK IS LOST.",
    which: fact(one, "Its disks"),
    fields: [serial("Type its serial number, so that no other disk is meant"),
      { name: "bay", label: "The bay that it is in", choices: bays(one.free) }, { name: "use", label: "What for", choices: USES }],
    verb: "Erase and add", danger: true,
  }, (values) => begin(dialog, `${path}/disks`, values));
}

export function replaceDisk(one, path, dialog) {
  typed({
    title: `Replace a disk of the ${named(one)}?`,
    words: "ALL THAT IS ON THE NEW DISK IS LOST. The old one is copied to it, and no disk of the array is missing meanwhile.",
    which: fact(one, "Its disks"),
    fields: [serial("Type the serial number of the new disk, so that no other is meant"),
      { name: "old", label: "The disk that is replaced", choices: bays(one.active) },
      { name: "bay", label: "The new disk", choices: bays(one.free) }],
    verb: "Erase and copy", danger: true,
  }, (values) => begin(dialog, `${path}/disks`, { ...values, use: "replace" }));
}

export function removeDisk(one, path, dialog) {
  typed({
    title: `Take a disk out of the ${named(one)}?`,
    words: "Spares and failed disks, which the array does not need. It can be pulled then, or used for something else.",
    which: fact(one, "Its disks"),
    fields: [serial("Type its serial number, so that no other disk is meant"), { name: "bay", label: "The bay that it is in", choices: bays(one.idle) }],
    verb: "Take it out", danger: true,
  }, ({ bay, ...values }) => begin(dialog, `${path}/disks/${encodeURIComponent(bay)}/remove`, values));
}

async function begin(dialog, path, values) {
  await ask("POST", path, values);
  dialog.look();
}
