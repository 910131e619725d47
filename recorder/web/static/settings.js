// The settings of the recorder: every page that it serves, as a form made of the page's own schema.
import { ask, Refusal, send } from "./api.js";
import { busy, Form, itemPages, make } from "./form.js";
import { field, sheet } from "./sheet.js";
import { userTools } from "./users.js";

const $ = (id) => document.getElementById(id);
const LOOK_MS = 500;
const AREAS = { system: "System", camera: "Cameras", storage: "Recording", network: "Network", event: "Event rules",
  account: "Users" };

export class SettingsDialog {
  constructor(closed) {
    this.dialog = $("settings");
    this.page = null;
    this.item = "";
    // What is shown now, or is on its way: an answer to what was asked for before comes too late.
    this.turn = null;
    this.dialog.onclose = () => closed();
    this.dialog.addEventListener("cancel", (event) => { if (!this.leave()) event.preventDefault(); });
    $("settings-close").onclick = () => { if (this.leave()) this.dialog.close(); };
    $("settings-form").onsubmit = (event) => { event.preventDefault(); busy($("settings-save"), () => this.save()); };
  }

  // `page` and `item` name what is shown first.
  async open(page = "", item = "") {
    this.say("");
    this.dialog.showModal();
    try {
      this.pages = (await ask("GET", "/pages")).sort((a, b) => a.order - b.order);
    } catch (error) {
      this.say(error.message, true);
      return;
    }
    this.list();
    const wanted = this.pages.find((one) => one.name === page);
    if (wanted) await this.show(wanted, item);
    else if (this.pages.length) await this.show(this.page ? this.pages.find((one) => one.name === this.page.name) : this.pages[0]);
    else this.say("There are no settings here for you.");
  }

  list() {
    const areas = [...new Set(this.pages.map((one) => one.area))];
    $("settings-pages").replaceChildren(...areas.flatMap((area) => [
      make("span", { className: "quiet", textContent: AREAS[area] ?? area }),
      ...this.pages.filter((one) => one.area === area).map((one) => {
        const button = make("button", { type: "button", className: "plain", textContent: one.title });
        button.dataset.page = one.name;
        button.onclick = () => { if (this.leave()) this.show(one); };
        return button;
      }),
    ]));
  }

  // Whether what was changed may be left behind.
  leave() {
    return !this.form || !Object.keys(this.form.changes()).length || confirm("What you changed is not saved. Leave it?");
  }

  async show(page, item = "") {
    const turn = this.turn = {};
    this.page = page;
    this.form = null;
    this.say("");
    $("settings-fields").replaceChildren();
    $("settings-actions").replaceChildren();
    for (const one of $("settings-pages").querySelectorAll("button")) {
      if (one.dataset.page === page.name) one.setAttribute("aria-current", "page");
      else one.removeAttribute("aria-current");
    }
    try {
      const channels = Object.fromEntries((await ask("GET", "/channels")).map((one) => [one.number, one.name]));
      const items = await this.items(page, channels);
      if (this.turn !== turn) return;
      if (item && item === this.free(page, items)) items.push([item, "New"]);
      this.known = items;
      this.item = items.some(([name]) => name === item) ? item : items[0]?.[0] ?? "";
      this.choose(items);
      if (page.scope !== "system" && !this.item) {
        this.say(page.scope === "channel" ? "There is no camera yet. Add one first." : "There is nothing to set here.");
        if (page.numbered || page.named) { this.say("There are none yet."); $("settings-actions").replaceChildren(...this.listButtons()); }
        return;
      }
      const [schema, document] = await Promise.all([ask("GET", `/pages/${page.name}/schema`), ask("GET", this.path())]);
      const offered = await Promise.all(itemPages(schema).map(async (name) => [name, await this.itemsOf(name)]));
      if (this.turn === turn) this.fill(schema, document, { channels, channel: page.scope === "channel" ? this.item : "", items: Object.fromEntries(offered) });
    } catch (error) {
      if (this.turn === turn) this.say(error.message, true);
    }
  }

  async itemsOf(page) {
    return (await ask("GET", `/pages/${page}/items`)).map((one) => [one.item, one.title]);
  }

  async items(page, channels) {
    if (page.scope === "channel") return Object.entries(channels).map(([number, name]) => [number, `${number}  ${name}`]);
    if (page.scope !== "list") return [];
    return this.itemsOf(page.name);
  }

  // The lowest number that no item has; "" where the items have names or there is no more room.
  free(page, items) {
    for (let one = 1; one <= (page.numbered || 0); one++) if (!items.some(([name]) => name === String(one))) return String(one);
    return "";
  }

  // To add an item, by a free number or by a name that is typed, and to take away the one that is shown.
  listButtons() {
    if (!this.page.numbered && !this.page.named) return [];
    const made = [];
    if (this.page.named) {
      const add = make("button", { type: "button", className: "plain", textContent: this.page.named });
      add.dataset.action = "add";
      add.onclick = () => { if (this.leave()) this.addNamed(); };
      made.push(add);
    }
    if (this.page.name === "voice-file" && this.item) made.push(this.soundButton(), this.stickButton());
    const free = this.free(this.page, this.known);
    if (free) {
      const add = make("button", { type: "button", className: "plain", textContent: "Add" });
      add.dataset.action = "add";
      add.onclick = () => { if (this.leave()) this.show(this.page, free); };
      made.push(add);
    }
    if (this.item && this.revision) {
      const remove = make("button", { type: "button", className: "plain", textContent: "Remove" });
      remove.dataset.action = "remove";
      remove.onclick = () => this.remove();
      made.push(remove);
    }
    return made;
  }

  async addNamed() {
    const page = this.page;
    const made = await sheet({
      title: page.named, label: page.named, words: "Small letters, digits, - and _.",
      fields: [field("name", "Name", { maxLength: 32 })],
      act: async (values) => {
        const item = values.name.trim().toLowerCase();
        const known = await ask("GET", `/pages/${page.name}/items`);
        if (known.some((one) => one.item === item)) throw new Refusal({ words: `There is one named ${item} already.` });
        await ask("PATCH", `/pages/${page.name}/items/${encodeURIComponent(item)}`, {});
        return item;
      },
    });
    if (made) await this.show(page, made);
  }

  // The sound of a voice file: a file of this computer.
  soundButton() {
    const chosen = make("input", { type: "file", accept: ".wav,.mp3,.flac,.ogg,.opus,.m4a,audio/*", hidden: true });
    chosen.dataset.field = "sound";
    const button = make("button", { type: "button", className: "plain", textContent: "Send a sound file" });
    button.dataset.action = "sound";
    button.onclick = () => chosen.click();
    chosen.onchange = async () => {
      if (!chosen.files.length) return;
      try {
        const taken = await send(`/voices/${encodeURIComponent(this.item)}`, chosen.files[0], "audio/wav");
        this.say(`The recorder has it: ${taken.length_s.toFixed(1)} s.`);
      } catch (error) {
        this.say(error.message, true);
      }
    };
    return make("span", {}, button, chosen);
  }

  // The same, of a USB stick that is in the recorder.
  stickButton() {
    const button = make("button", { type: "button", className: "plain", textContent: "Sound from a USB stick" });
    button.dataset.action = "stick-sound";
    button.onclick = async () => {
      this.say("");
      try {
        const found = await ask("GET", "/voices/found");
        if (!found.length) throw new Error("There is no sound file on a USB stick in the recorder.");
        if (found.every((one) => one.problem)) throw new Error(found.map((one) => `${one.name}: ${one.problem}`).join(" "));
        // What cannot be taken is listed too, or nobody would know why.
        const files = make("select", {}, ...found.map((one) => make("option", { value: one.id, disabled: !!one.problem,
          textContent: `${one.name} (${one.stick})${one.problem && `: ${one.problem}`}` })));
        files.dataset.field = "file";
        const taken = await sheet({
          title: "Sound from a USB stick", label: "Take it", parts: [make("label", {}, "File", files)],
          act: () => ask("POST", `/voices/${encodeURIComponent(this.item)}/stick`, { id: files.value }),
        });
        if (taken) this.say(`The recorder has it: ${taken.length_s.toFixed(1)} s.`);
      } catch (error) {
        this.say(error.message, true);
      }
    };
    return button;
  }

  async remove() {
    const words = this.known.find(([name]) => name === this.item)?.[1] ?? this.item;
    if (!confirm(`Remove ${words}?`)) return;
    try {
      await ask("DELETE", this.path());
      await this.show(this.page);
      this.say("Removed.");
    } catch (error) {
      this.say(error.message, true);
    }
  }

  path() {
    const item = encodeURIComponent(this.item);
    return this.page.path.replace("/api/v1", "").replace("{channel}", item).replace("{item}", item);
  }

  choose(items) {
    $("settings-title").textContent = this.page.title;
    const select = $("settings-item");
    select.hidden = !items.length;
    select.replaceChildren(...items.map(([name, words]) => make("option", { value: name, textContent: words })));
    select.value = this.item;
    select.onchange = () => {
      if (this.leave()) this.show(this.page, select.value);
      else select.value = this.item;
    };
  }

  fill(schema, document, around) {
    this.revision = document.revision;
    this.form = new Form(schema, document.values, around, document.read_only);
    $("settings-fields").replaceChildren(this.form.node);
    this.around = around;
    const kinds = Object.values(schema.properties || {}).map((field) => field["x-widget"] || "");
    if (kinds.some((kind) => kind.startsWith("sound-"))) this.meter(around.channel);
    $("settings-actions").replaceChildren(...this.listButtons(), ...this.page.actions.map((action) => {
      const button = make("button", { type: "button", className: "plain", textContent: action.title });
      button.dataset.action = action.name;
      button.onclick = () => busy(button, () => this.press(action));
      return button;
    }), ...userTools(this.page.name, this.item, (item) => this.show(this.page, item), (words, bad) => this.say(words, bad)));
  }

  // How loud it is now, over levels of sound, as long as this form is shown.
  async meter(channel) {
    const words = make("p", { className: "quiet", textContent: "Listening…" });
    words.setAttribute("role", "status");
    $("settings-fields").prepend(words);
    while (words.isConnected && this.dialog.open) {
      try {
        const told = await ask("GET", `/channels/${channel}/sound`);
        const usual = told.usual_db === null ? "" : `, usual ${Math.round(told.usual_db)} dB`;
        if (told.there) {
          words.textContent = `Now ${Math.round(told.level_db)} dB, loudest ${Math.round(told.peak_db)} dB${usual}.`;
        } else if (!told.waiting) words.textContent = "No sound comes from this camera.";
      } catch (error) {
        words.textContent = error.message;
      }
      await new Promise((later) => setTimeout(later, LOOK_MS));
    }
  }

  async save(losing = false) {
    const changes = this.form?.changes() ?? {};
    if (!Object.keys(changes).length) return this.say("Nothing was changed.");
    this.form.refuse("", "");
    try {
      await ask("PATCH", this.path() + (losing ? "?losing=true" : ""), changes, { "If-Match": `"${this.revision}"` });
      await this.show(this.page, this.item);
      this.say("Saved.");
    } catch (error) {
      if (error.code === "KeepsLess") return confirm(`Save this?\n\n${error.message}`) && this.save(true);
      if (!this.form?.refuse(error.field, error.message)) this.say(error.message, true);
    }
  }

  async press(action) {
    if (Object.keys(this.form.changes()).length) return this.say("Save or discard your changes first.", true);
    let values = {};
    if (Object.keys(action.parameters.properties || {}).length) {
      values = await this.parameters(action);
      if (values === null) return;
    } else if (action.confirm && !confirm(`${action.title}\n\n${action.confirm}`)) return;
    try {
      let job = await ask("POST", `${this.path()}/actions/${action.name}`, values);
      while (["queued", "running"].includes(job.state)) {
        this.say(job.words || `${action.title}…`);
        await new Promise((later) => setTimeout(later, LOOK_MS));
        job = await this.look(job, action);
      }
      if (job.state === "done") await this.show(this.page, this.item);
      this.say(job.words || `${action.title}: ${job.state}.`, job.state !== "done");
    } catch (error) {
      this.say(error.message, true);
    }
  }

  // How far an action is. A look that fails is no end: the action goes on without us.
  look(job, action) {
    return ask("GET", `/actions/${job.id}`).catch((error) => {
      if (error.status === 404) throw new Error(`${action.title}: the recorder was restarted in the middle of it. Look whether it was done.`);
      if ([401, 403].includes(error.status)) throw error;
      return { ...job, words: `${action.title}: the recorder does not say how far it is. It may go on; its end is told here.` };
    });
  }

  // Ask for what a button needs; null where it was called off.
  parameters(action) {
    const form = new Form(action.parameters, {}, this.around);
    const sheet = make("dialog", { className: "small" });
    const cancel = make("button", { type: "button", className: "plain", textContent: "Cancel" });
    const asked = make("form", { className: "card", method: "dialog" }, make("h2", { textContent: action.title }),
      action.confirm ? make("p", { className: "quiet", textContent: action.confirm }) : "", form.node,
      make("div", { className: "bar" }, cancel, make("button", { textContent: "OK" })));
    sheet.append(asked);
    this.dialog.append(sheet);
    return new Promise((answer) => {
      let values = null;
      cancel.onclick = () => sheet.close();
      asked.onsubmit = () => { values = form.values(); };
      sheet.onclose = () => { sheet.remove(); answer(values); };
      sheet.showModal();
    });
  }

  say(words, bad = false) {
    $("settings-words").textContent = words;
    $("settings-words").className = bad ? "error" : "quiet";
  }
}
