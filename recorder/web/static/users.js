// What a form of values cannot do for users: make one, give a password, keys for programs, who is logged in.
import { ask, Refusal } from "./api.js";
import * as clock from "./clock.js";
import { make } from "./form.js";
import { makeRecoveryStick } from "./recovery_stick.js";
import { agreed, newPassword } from "./strength.js";
import { field, sheet } from "./sheet.js";

const MAY = { live: "Live pictures", playback: "Playback", backup: "Export", ptz: "Turn cameras", audio: "Sound", alarm: "Alarms",
  camera: "Cameras", storage: "Recording", system: "System", log: "Log" };

// The buttons of the pages of users, groups and logins; `show(item)` shows one, `say(words, bad)` tells.
export function userTools(page, item, show, say) {
  const tool = (name, words, go) => {
    const button = make("button", { type: "button", className: "plain", textContent: words });
    button.dataset.tool = name;
    button.onclick = () => Promise.resolve(go()).catch((error) => say(error.message, true));
    return button;
  };
  if (page === "user-group") return [tool("add", "Add group", () => addGroup(show)), tool("remove", "Remove", () => remove(page, item, show))];
  if (page === "login-rules") return [tool("make-stick", "Make a recovery stick", () => makeStick(show, say))];
  if (page !== "user") return [];
  return [
    tool("add", "Add user", () => addUser(show)),
    tool("password", "Set password", () => givePassword(item, say)),
    tool("keys", "Keys for programs", () => keys(item)),
    tool("second", "Lost phone", () => dropSecond(item, say)),
    tool("online", "Who is logged in", () => online()),
    tool("remove", "Remove", () => remove(page, item, show)),
  ];
}

const named = (values) => values.name.trim().toLowerCase();
const must = () => make("label", { className: "check" }, make("input", { type: "checkbox", name: "must", checked: true }),
  "Must choose another at the next login");

async function addUser(show) {
  const groups = await ask("GET", "/pages/user-group/items");
  const name = field("name", "User: small letters, digits, dots and dashes", { autocomplete: "off", maxLength: 32 });
  const group = make("select", { name: "group" }, ...groups.map((one) => make("option", { value: one.item, textContent: one.title })));
  group.value = "user";
  const made = await sheet({
    title: "New user", label: "Add user", words: "The user chooses another password at the first login.",
    fields: [name, make("label", {}, "Group", group), ...newPassword(() => name.querySelector("input").value)],
    act: async (values) => {
      const user = named(values);
      const path = `/pages/user/items/${encodeURIComponent(user)}`;
      const password = agreed(values);
      const known = await ask("GET", "/pages/user/items");
      if (known.some((one) => one.item === user)) throw new Refusal({ words: `There is one named ${user} already.` });
      await ask("PATCH", path, { group: values.group });
      try {
        await ask("PUT", `/users/${encodeURIComponent(user)}/password`, { password });
      } catch (error) {
        // A user without a password is of no use, and would stand in the way of the next try.
        await ask("DELETE", path).catch(() => {});
        throw error;
      }
      return user;
    },
  });
  if (made) await show(made);
}

async function addGroup(show) {
  const made = await sheet({
    title: "New group", label: "Add group", words: "It may nothing until its page says otherwise.",
    fields: [field("name", "Name", { maxLength: 32 })],
    act: async (values) => {
      const item = named(values).replaceAll(" ", "-");
      const known = await ask("GET", "/pages/user-group/items");
      if (known.some((one) => one.item === item)) throw new Refusal({ words: `There is one named ${values.name} already.` });
      await ask("PATCH", `/pages/user-group/items/${encodeURIComponent(item)}`, { title: values.name.trim() });
      return item;
    },
  });
  if (made) await show(made);
}

async function makeStick(show, say) {
  const stick = await makeRecoveryStick();
  if (!stick) return;
  await show("");
  say(`${stick} is the recovery stick now. Pull it out, write on it what it is, and keep it apart.`);
}

async function givePassword(user, say) {
  const done = await sheet({
    title: `Password of ${user}`, label: "Set password", fields: [...newPassword(() => user), must()],
    words: `Tell it to ${user}. Whoever is logged in as ${user} is logged out.`,
    act: (values) => ask("PUT", `/users/${encodeURIComponent(user)}/password`,
      { password: agreed(values), must_change: values.must === "on" }),
  });
  if (done) say("The password is set.");
}

async function dropSecond(user, say) {
  const done = await sheet({
    title: `Ask ${user} for no second factor?`, label: "Remove it",
    words: "For who has lost his phone. Over the network the password alone counts until another one is set up.",
    act: () => ask("DELETE", `/users/${encodeURIComponent(user)}/second-factor`),
  });
  if (done) say("The second factor is removed.");
}

async function remove(page, item, show) {
  const done = await sheet({
    title: `Remove ${item}?`, label: "Remove", words: page === "user" ? "Who is logged in by this name is logged out." : "",
    act: () => ask("DELETE", `/pages/${page}/items/${encodeURIComponent(item)}`),
  });
  if (done) await show("");
}

// A list with a button for each; `act(one)` is called for that of a button, and the list is asked anew.
async function list(title, words, load, line, acts, more = []) {
  for (;;) {
    const found = await load();
    let chosen = null;
    const button = (label, name, go) => {
      const made = make("button", { type: "button", className: "plain", textContent: label });
      made.dataset.list = name;
      made.onclick = () => { chosen = go; made.closest("dialog").close(); };
      return made;
    };
    const rows = found.map((one) => make("div", { className: "own" }, make("p", { textContent: line(one) }),
      make("span", {}, ...acts.filter(([, , fits]) => !fits || fits(one)).map(([label, go], at) =>
        button(label, `act-${at}`, () => go(one))))));
    await sheet({ title, words: found.length ? words : "There are none.", out: "", label: "Close", wide: true,
      parts: [...rows, ...more.map(([label, name, go]) => button(label, name, go))] });
    if (!chosen) return;
    await chosen();
  }
}

function keys(user) {
  const path = `/users/${encodeURIComponent(user)}/keys`;
  return list(`Keys of ${user}`, "A program logs in with a key in place of a password.", () => ask("GET", path),
    (one) => `${one.title}: ${one.may.map((right) => MAY[right] ?? right).join(", ")}, until ${clock.moment(one.ends_us / 1000)}`,
    [["Remove", (one) => ask("DELETE", `${path}/${one.id}`)]],
    [["Make a key", "make-key", () => makeKey(path)]]);
}

async function makeKey(path) {
  const boxes = Object.entries(MAY).map(([right, words]) =>
    make("label", { className: "check" }, make("input", { type: "checkbox", name: "may", value: right }), words));
  const made = await sheet({
    title: "New key", label: "Make key", parts: [make("div", { className: "checks" }, ...boxes)],
    fields: [field("title", "What it is for", { maxLength: 63 }),
      field("days", "Days until it ends", { type: "number", min: 1, max: 3650, value: 365 })],
    act: (values, form) => ask("POST", path, { title: values.title, days: Number(values.days),
      may: new FormData(form).getAll("may") }),
  });
  if (!made) return;
  await sheet({ title: "Your new key", words: "It is told now and never again.", out: "", label: "I have it", wide: true,
    parts: [make("code", { textContent: made.token })] });
}

export async function online() {
  const load = async () => {
    const [sessions, blocks] = await Promise.all([ask("GET", "/sessions"), ask("GET", "/sessions/blocks")]);
    return [...sessions, ...blocks];
  };
  const line = (one) => (one.left_s === undefined
    ? `${one.user}, ${one.door === "web" ? one.source : "at the recorder"}, since ${clock.moment(one.since_us / 1000)}${one.own ? " (you)" : ""}`
    : one.tries ? `${one.user} must wait after wrong passwords from ${one.source === "*" ? "many places" : one.source}, another ${Math.ceil(one.left_s / 60)} min`
    : `${one.user} is kept out from ${one.source} for another ${Math.ceil(one.left_s / 60)} min`);
  await list("Who is logged in", "", load, line, [
    ["Log out", (one) => ask("DELETE", `/sessions/${one.id}`), (one) => one.id && !one.own],
    ["Keep out…", keepOut, (one) => one.door === "web" && !one.own],
    ["Let in again", (one) => ask("POST", "/sessions/blocks/end", { user: one.user, source: one.source }),
      (one) => one.left_s !== undefined],
  ]);
}

function keepOut(one) {
  return sheet({
    title: `Keep ${one.user} out?`, label: "Keep out", words: `From ${one.source}; elsewhere ${one.user} may log in.`,
    fields: [field("minutes", "Minutes", { type: "number", min: 1, max: 65535, value: 60 })],
    act: ({ minutes }) => ask("DELETE", `/sessions/${one.id}?block_min=${Number(minutes)}`),
  });
}
