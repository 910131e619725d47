// The machine underneath: how it is, its terminals, ports and disks, asked again and again while the dialog is open.
import { ask } from "./api.js";
import { bays } from "./bays.js";
import { configuration } from "./configuration.js";
import { events } from "./events.js";
import { make } from "./form.js";
import { hardware } from "./hardware.js";
import { health } from "./health.js";
import { network } from "./network.js";
import { places } from "./places.js";
import { ports } from "./ports.js";
import { security } from "./security.js";
import { terminals } from "./terminals.js";
import { update } from "./update.js";

const $ = (id) => document.getElementById(id);
const AGAIN_MS = 1000;
const VIEWS = [hardware, health, events, terminals, ports, network, bays, places, security, configuration, update];

export class MachineDialog {
  // `settings(page, item)` opens a page of settings.
  constructor(closed, settings) {
    this.dialog = $("machine");
    this.settings = settings;
    this.view = VIEWS[0];
    this.dialog.onclose = () => { clearTimeout(this.later); this.view.shown = ""; closed(); };
    $("machine-close").onclick = () => this.dialog.close();
    $("machine-pages").replaceChildren(...VIEWS.map((view) => {
      const button = make("button", { type: "button", className: "plain", textContent: view.title });
      button.dataset.view = view.name;
      button.onclick = () => this.show(view);
      return button;
    }));
  }

  // `name` is the view that is shown first, else the one that was shown last.
  open(name = "") {
    if (!this.dialog.open) this.dialog.showModal();
    this.show(VIEWS.find((view) => view.name === name) ?? this.view);
  }

  show(view) {
    this.view = view;
    this.shown = "";
    this.say("");
    $("machine-title").textContent = view.title;
    $("machine-parts").replaceChildren();
    for (const one of $("machine-pages").querySelectorAll("button")) {
      if (one.dataset.view === view.name) one.setAttribute("aria-current", "page");
      else one.removeAttribute("aria-current");
    }
    this.look();
  }

  async look() {
    clearTimeout(this.later);
    const view = this.view;
    try {
      const told = await Promise.all(view.asks.map((path) => ask("GET", path)));
      if (this.view === view) this.fill(view, told);
      if (this.failed) this.say("");
      this.failed = false;
    } catch (error) {
      this.failed = true;
      if (this.view === view) this.say(error.message, true);
    }
    clearTimeout(this.later);
    if (this.dialog.open) this.later = setTimeout(() => this.look(), view.againMs ?? AGAIN_MS);
  }

  // What did not change is left alone; what has the focus keeps it.
  fill(view, told) {
    const now = JSON.stringify(told);
    // A list that is open would be shut under the finger.
    if (now === this.shown || document.activeElement?.matches("#machine-parts select")) return;
    this.shown = now;
    const focus = document.activeElement?.dataset.key;
    $("machine-parts").replaceChildren(...view.parts(told, this));
    if (focus) $("machine-parts").querySelector(`[data-key="${CSS.escape(focus)}"]`)?.focus();
  }

  // Ask for something to be done, after a question where one is needed.
  async act(method, path, body, question = "") {
    if (question && !confirm(question)) return;
    try {
      await ask(method, path, body);
      this.say("");
    } catch (error) {
      this.say(error.message, true);
    }
    this.look();
  }

  button(key, words, act, className = "plain") {
    const button = make("button", { type: "button", className, textContent: words, onclick: act });
    button.dataset.key = key;
    return button;
  }

  // One of several, with its words before it; what it is now is chosen.
  choice(key, words, choices, value, act) {
    const select = make("select", {}, ...Object.entries(choices).map(([one, textContent]) =>
      make("option", { value: one, textContent, selected: one === value })));
    select.dataset.key = key;
    select.onchange = () => { const chosen = select.value; select.blur(); act(chosen); };
    return make("label", { className: "choice" }, make("span", { className: "quiet", textContent: words }), select);
  }

  say(words, bad = false) {
    $("machine-words").textContent = words;
    $("machine-words").className = bad ? "error" : "quiet";
  }
}
