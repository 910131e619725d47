// The log: changes, logins and what happened, the newest first; more of it as one reads on.
import { ask } from "./api.js";
import * as clock from "./clock.js";
import { make } from "./form.js";

const $ = (id) => document.getElementById(id);
const AT_ONCE = 100;
const DAY_MS = 86400e3;
const LATER_MS = 300;
const TYPES = { system: "System", config: "Settings", storage: "Storage", record: "Recording", account: "Users", clear: "Log cleared",
  playback: "Playback", connection: "Connections", alarm: "Alarms" };
const LEVELS = { info: "Everyday", notice: "Worth knowing", warning: "Warning", error: "Fault" };
const TONES = { info: "", notice: "", warning: "warning", error: "bad" };

export class LogDialog {
  constructor(closed) {
    this.dialog = $("log");
    this.form = $("log-filter");
    this.dialog.onclose = () => { this.asked = null; closed(); };
    $("log-close").onclick = () => this.dialog.close();
    this.form.onsubmit = (event) => { event.preventDefault(); this.look(); };
    this.form.oninput = () => { clearTimeout(this.later); this.later = setTimeout(() => this.look(), LATER_MS); };
    $("log-older").onclick = () => this.more();
    $("log-check").onclick = () => this.check();
    options(this.form.elements.types, { "": "All types", ...TYPES });
    options(this.form.elements.level, { ...LEVELS, info: "All levels" });
  }

  open() {
    this.dialog.showModal();
    this.look();
  }

  look() {
    const wanted = new URLSearchParams();
    for (const name of ["types", "level", "address", "text"]) {
      const value = this.form.elements[name].value.trim();
      if (value && value !== "info") wanted.set(name, value);
    }
    const [from, to] = ["from", "to"].map((name) => this.form.elements[name].valueAsNumber);
    // A day of the recorder's zone; noon is within it wherever that is.
    if (from) wanted.set("start", clock.midnight(from + DAY_MS / 2) * 1000);
    if (to) wanted.set("end", clock.midnight(to + DAY_MS * 1.5) * 1000);
    this.wanted = wanted;
    this.before = null;
    $("log-export").href = `/api/v1/log/export?${wanted}`;
    this.more(true);
  }

  async more(anew = false) {
    const asked = (this.asked = new URLSearchParams(this.wanted));
    asked.set("limit", AT_ONCE);
    if (this.before) asked.set("before", this.before);
    try {
      const page = await ask("GET", `/log?${asked}`);
      if (this.asked !== asked) return;
      if (anew) $("log-rows").replaceChildren();
      $("log-rows").append(...page.entries.map(row));
      this.before = page.before;
      this.say(page.entries.length || !anew ? "" : this.wanted.size ? "No entry fits." : "Nothing has been logged yet.");
    } catch (error) {
      if (this.asked !== asked) return;
      if (anew) $("log-rows").replaceChildren();
      this.say(error.message, true);
      this.before = anew ? null : this.before;
    }
    $("log-older").hidden = !this.before;
  }

  async check() {
    this.say("Checking…");
    try {
      const found = await ask("GET", "/audit/check");
      this.say(found.words, found.broken_at !== null);
    } catch (error) {
      this.say(error.message, true);
    }
  }

  say(words, bad = false) {
    $("log-words").textContent = words;
    $("log-words").className = bad ? "error" : "quiet";
  }
}

function row(entry) {
  const about = [`${entry.title} ${entry.item}`.trim(), entry.who, place(entry.address)].filter(Boolean).join(" · ");
  const more = [["Kind", `${TYPES[entry.type]}, ${LEVELS[entry.level].toLowerCase()}`],
    ["Until", entry.end_us === null || entry.end_us === entry.at_us ? "" : clock.moment(entry.end_us / 1000)],
    ["Camera", entry.channel || ""], ["Before", shown(entry.old)], ["After", shown(entry.old) && entry.new]];
  return make("details", { className: "entry" },
    make("summary", {}, make("time", { textContent: clock.moment(entry.at_us / 1000) }),
      make("span", { className: `tone ${TONES[entry.level]}`, textContent: entry.words || entry.title }),
      make("span", { className: "quiet", textContent: about })),
    make("dl", {}, ...more.filter(([, words]) => words).flatMap(([name, words]) =>
      [make("dt", { textContent: name }), make("dd", { textContent: words })])));
}

const shown = (json) => (json === "null" ? "" : json);

function place(address) {
  const [door, source] = [address.split(":")[0], address.split(":").slice(1).join(":")];
  return { screen: "at the screen", control: "at the command line", web: source }[door] ?? address;
}

function options(select, choices) {
  select.replaceChildren(...Object.entries(choices).map(([value, words]) => make("option", { value, textContent: words })));
}
