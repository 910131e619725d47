// Which record types are in sight: a tick for each that occurs on the day; playback leaves out the others.
import { make } from "./form.js";

// In order of weight, as on the recorder's screen.
const TITLES = { general: "General", motion: "Motion", pos: "Cash register", intelligent: "Intelligent", alarm: "Alarm" };
const SHOWN_AS = { "motion&alarm": "alarm" };

// The kind that stands for a record type; one of a later version shows as general.
export const kindOf = (type) => {
  const shown = SHOWN_AS[type] ?? type;
  return shown in TITLES ? shown : "general";
};

export class Types {
  // `changed` is called after each choice.
  constructor(place, changed) {
    this.place = place;
    this.changed = changed;
    this.hidden = new Set();
    this.found = "";
  }

  shows(span) {
    return !this.hidden.has(kindOf(span.type));
  }

  // Offer what occurs among these spans, and what is hidden though it does not.
  offer(spans) {
    const occur = new Set(spans.map((one) => kindOf(one.type)));
    const kinds = Object.keys(TITLES).filter((kind) => occur.has(kind) || this.hidden.has(kind));
    this.place.hidden = kinds.length < 2;
    if (kinds.join() === this.found) return;
    this.found = kinds.join();
    this.place.replaceChildren(...kinds.map((kind) => {
      const box = make("input", { type: "checkbox", checked: !this.hidden.has(kind) });
      box.onchange = () => this.choose(kind, box);
      box.dataset.kind = kind;
      return make("label", {}, box, make("i", { className: kind }), TITLES[kind]);
    }));
  }

  // The last one stays in sight: without any there is nothing to play.
  choose(kind, box) {
    const others = [...this.place.querySelectorAll("input")].some((one) => one.checked);
    if (!others) { box.checked = true; return; }
    if (box.checked) this.hidden.delete(kind);
    else this.hidden.add(kind);
    this.changed();
  }
}
