// Turning the camera of a channel: what acts while it is held, presets by name, and the camera's own menu.
import { ask } from "./api.js";
import { make } from "./form.js";

// The recorder stops a dome that nobody asked for during two seconds.
const AGAIN_MS = 800;
const PAD = [["↖", -1, 1, "up_left"], ["↑", 0, 1, "up"], ["↗", 1, 1, "up_right"], ["←", -1, 0, "left"], ["", 0, 0, ""],
  ["→", 1, 0, "right"], ["↙", -1, -1, "down_left"], ["↓", 0, -1, "down"], ["↘", 1, -1, "down_right"]];
const LENS = [["zoom", "Zoom", "zoom_in"], ["focus", "Focus", "focus_far"], ["iris", "Iris", "iris_open"]];
const KEYS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };

export class Ptz {
  constructor(root, door, say) {
    this.root = root;
    this.door = door;
    this.tell = say;
    this.channel = null;
    this.held = null;
    door.onclick = () => (root.hidden ? this.open() : this.close());
    for (const name of ["blur", "pagehide"]) addEventListener(name, () => this.letGo());
    document.addEventListener("visibilitychange", () => this.letGo());
    addEventListener("pointerup", () => this.letGo());
    addEventListener("pointercancel", () => this.letGo());
    root.onkeydown = (event) => this.pressed(event);
    root.onkeyup = (event) => { if (event.key in KEYS) this.letGo(); };
  }

  offer(channel) {
    if (channel === this.channel) return;
    this.close();
    this.channel = channel;
    this.door.hidden = channel === null;
  }

  close() {
    this.letGo();
    this.root.hidden = true;
    this.door.setAttribute("aria-pressed", "false");
  }

  async open() {
    try {
      this.dome = await ask("GET", `/channels/${this.channel}/ptz`);
      if (!this.dome.online) throw new Error(`The line ${this.dome.line} does not work: ${this.dome.reason}`);
    } catch (error) {
      this.tell(error.message);
      return;
    }
    this.menu = false;
    this.build();
    this.root.hidden = false;
    this.door.setAttribute("aria-pressed", "true");
    this.root.querySelector("[data-way=right]").focus();
  }

  build() {
    const able = new Set(this.dome.actions);
    const deed = document.activeElement?.dataset.deed;
    this.root.replaceChildren(this.pad(), ...(this.menu ? this.menuKeys() : this.steering(able)));
    if (deed) this.root.querySelector(`[data-deed=${deed}]`)?.focus();
  }

  pad() {
    return make("div", { className: "pad" }, ...PAD.map(([words, pan, tilt, way]) => {
      if (!way) return make("span");
      const button = make("button", { type: "button", textContent: words, ariaLabel: way.replace("_", " ") });
      button.dataset.way = way;
      button.onpointerdown = () => this.hold(button, { pan, tilt }, way);
      return button;
    }));
  }

  steering(able) {
    this.speed = make("input", { type: "range", min: 1, max: 8, value: this.speed?.value ?? 5, ariaLabel: "Speed" });
    const rows = [make("label", {}, "Speed", this.speed)];
    for (const [field, words, needs] of LENS) {
      if (!able.has(needs)) continue;
      const keys = [["−", -1], ["+", 1]].map(([sign, share]) => {
        const button = make("button", { type: "button", textContent: sign, ariaLabel: `${words} ${sign}` });
        button.dataset.lens = `${field} ${share}`;
        button.onpointerdown = () => this.hold(button, { [field]: share });
        button.onkeydown = (event) => { if (event.key === "Enter" && !event.repeat) this.hold(button, { [field]: share }); };
        button.onkeyup = () => this.letGo();
        return button;
      });
      rows.push(make("div", { className: "lens" }, make("span", { textContent: words }), ...keys));
    }
    if (this.dome.presets && able.has("preset_goto")) rows.push(...this.presets(able));
    if (able.has("menu_open")) rows.push(this.button("Camera's menu", () => this.enter(), "menu"));
    return rows;
  }

  presets(able) {
    this.number = make("input", { type: "number", min: 1, max: this.dome.presets, value: this.number?.value ?? 1, ariaLabel: "Preset" });
    const names = make("select", { ariaLabel: "Presets by name" }, make("option", { value: "", textContent: "Presets by name" }),
      ...this.dome.preset_names.map((one) => make("option", { value: one.number, textContent: `${one.number}  ${one.name}` })));
    names.onchange = () => { if (names.value) { this.number.value = names.value; this.preset("POST", "/goto"); names.value = ""; } };
    const deeds = [this.button("Go", () => this.preset("POST", "/goto"), "go")];
    if (able.has("preset_set")) deeds.push(this.button("Save", () => this.preset("PUT", ""), "save"));
    if (able.has("preset_clear")) deeds.push(this.button("Clear", () => this.preset("DELETE", ""), "clear"));
    deeds.push(this.button("Name", () => this.name(), "name"));
    return [make("label", {}, "Preset", this.number), ...(this.dome.preset_names.length ? [names] : []),
      make("div", { className: "deeds" }, ...deeds)];
  }

  menuKeys() {
    return [make("div", { className: "deeds" }, this.button("OK", () => this.act("menu_enter"), "menu-ok"),
      this.button("Back", () => this.act("menu_close"), "menu-back"), this.button("Done", () => this.leave(), "menu-done")),
    make("p", { className: "quiet", textContent: "The arrows are for the menu in the picture." })];
  }

  button(words, act, name) {
    const button = make("button", { type: "button", className: "plain", textContent: words, onclick: act });
    button.dataset.deed = name;
    return button;
  }

  enter() {
    this.menu = true;
    this.act("menu_open");
    this.build();
    this.root.querySelector("[data-way=down]").focus();
  }

  leave() {
    this.menu = false;
    this.act("menu_close");
    this.build();
  }

  pressed(event) {
    const way = KEYS[event.key];
    if (!way || !event.target.closest(".pad")) return;
    event.preventDefault();
    if (event.repeat) return;
    const [, pan, tilt] = PAD.find(([, , , name]) => name === way);
    this.hold(this.root.querySelector(`[data-way=${way}]`), { pan, tilt }, way);
  }

  hold(button, shares, way = "") {
    if (this.menu) {
      if (["up", "down", "left", "right"].includes(way)) this.act(`menu_${way}`);
      return;
    }
    this.letGo();
    const speed = Number(this.speed.value) / Number(this.speed.max);
    const wanted = Object.fromEntries(Object.entries(shares).map(([name, share]) => [name, share * speed]));
    button.classList.add("held");
    const held = this.held = { button, channel: this.channel, again: 0 };
    const move = async () => {
      if (this.held !== held) return;
      await this.send("POST", `/channels/${held.channel}/ptz/move`, wanted);
      // A stop that was sent meanwhile may have been overtaken.
      if (this.held === held) held.again = setTimeout(move, AGAIN_MS);
      else if (!this.held) await this.send("POST", `/channels/${held.channel}/ptz/stop`);
    };
    move();
  }

  letGo() {
    const held = this.held;
    if (!held) return;
    this.held = null;
    clearTimeout(held.again);
    held.button.classList.remove("held");
    this.send("POST", `/channels/${held.channel}/ptz/stop`);
  }

  // One thing after another: keys of a menu must arrive in their order.
  act(action) {
    const path = `/channels/${this.channel}/ptz/actions`;
    this.queue = (this.queue ?? Promise.resolve()).then(() => this.send("POST", path, { action }));
  }

  async preset(method, tail) {
    const number = Math.round(Number(this.number.value));
    if (await this.send(method, `/channels/${this.channel}/ptz/presets/${number}${tail}`) && method !== "POST") {
      this.tell(method === "PUT" ? `Saved as preset ${number}.` : `Preset ${number} is cleared.`);
      if (method === "DELETE") await this.refresh();
    }
  }

  async name() {
    const number = Math.round(Number(this.number.value));
    const known = this.dome.preset_names.find((one) => one.number === number)?.name ?? "";
    const name = prompt(`Name of preset ${number}`, known);
    if (name !== null && await this.send("PATCH", `/channels/${this.channel}/ptz/presets/${number}`, { name })) await this.refresh();
  }

  async refresh() {
    this.dome = await ask("GET", `/channels/${this.channel}/ptz`).catch(() => this.dome);
    this.build();
  }

  async send(method, path, body) {
    try {
      await ask(method, path, body);
      return true;
    } catch (error) {
      this.tell(error.message);
      return false;
    }
  }
}
