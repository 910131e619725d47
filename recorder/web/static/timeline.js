// A day of one stream of a channel as a line: footage by record type, a cursor, zoom by wheel or keys; a click plays from there.
import { ask } from "./api.js";
import * as clock from "./clock.js";

const MINUTE = 60e3;
const HOUR = 60 * MINUTE;
const NARROWEST = 2 * MINUTE;
const STEPS = [MINUTE / 6, MINUTE / 2, MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR];
const MOST_TICKS = 12;
const JOIN_MS = 100; // so short a pause is played over

export class Timeline {
  // `chosen` is told an instant that was clicked; `types` say which spans are in sight.
  constructor(line, chosen, types) {
    this.line = line;
    this.chosen = chosen;
    this.types = types;
    this.stream = "main";
    this.spans = [];
    this.found = null; // by a search for motion: { moved, unknown }
    line.onclick = (event) => this.choose(this.at(event));
    line.onwheel = (event) => {
      event.preventDefault();
      this.zoom(this.at(event), event.deltaY > 0 ? 1.5 : 1 / 1.5);
    };
    line.onkeydown = (event) => this.key(event);
  }

  // Show the day in which an instant lies; gives whether there is footage. Raises what the recorder refuses.
  async show(channel, ms) {
    this.channel = channel;
    const begin = clock.midnight(ms);
    this.begin = begin;
    this.end = clock.midnight(begin + 36 * HOUR);
    this.view = [this.begin, this.end];
    this.cursor = null;
    this.all = this.spans = [];
    this.draw();
    await this.refresh();
    return this.all.length > 0;
  }

  async refresh() {
    const { channel, begin, stream } = this;
    const spans = await ask("GET",
      `/channels/${channel.number}/spans?start=${begin * 1000}&end=${this.end * 1000}&stream=${stream}`);
    if (this.channel !== channel || this.begin !== begin || this.stream !== stream) return;
    this.all = spans.map((one) => ({ from: one.start_us / 1000, to: one.end_us / 1000, type: one.type }));
    this.sift();
  }

  // Show what is in sight of what there is.
  sift() {
    this.types.offer(this.all);
    this.spans = this.all.filter((one) => this.types.shows(one));
    this.draw();
  }

  // What can be played in one go from an instant on: to the end of the day, or of what is in sight without a break.
  // null: nothing more is in sight.
  stretch(ms) {
    if (!this.types.hidden.size) return { from: ms, to: this.end };
    const first = this.spans.findIndex((one) => one.to > ms);
    if (first < 0) return null;
    let { to } = this.spans[first];
    for (const span of this.spans.slice(first + 1)) {
      if (span.from > to + JOIN_MS) break;
      to = Math.max(to, span.to);
    }
    return { from: Math.max(ms, this.spans[first].from), to };
  }

  // The instant that is shown so long after playback began at `from`: playback leaves out what was not recorded.
  after(from, ms) {
    let left = ms;
    let last = from;
    for (const span of this.spans) {
      const begin = Math.max(span.from, from);
      if (span.to <= begin) continue;
      if (left <= span.to - begin) return begin + left;
      left -= span.to - begin;
      last = span.to;
    }
    return last + left;
  }

  showFound(found) {
    this.found = found;
    this.line.classList.toggle("searched", found !== null);
    if (this.view) this.draw();
  }

  setCursor(ms) {
    this.cursor = ms;
    this.line.querySelector("u")?.remove();
    if (ms === null) return;
    this.line.append(this.mark("u", ms));
    this.line.setAttribute("aria-valuetext", clock.time(ms));
  }

  choose(ms) {
    this.setCursor(ms);
    this.chosen(ms);
  }

  at(event) {
    const box = this.line.getBoundingClientRect();
    const place = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    return this.view[0] + place * (this.view[1] - this.view[0]);
  }

  zoom(around, factor) {
    const [from, to] = this.view;
    const wide = Math.min(this.end - this.begin, Math.max(NARROWEST, (to - from) * factor));
    const left = around - ((around - from) / (to - from)) * wide;
    const begin = Math.min(Math.max(left, this.begin), this.end - wide);
    this.view = [begin, begin + wide];
    this.draw();
  }

  key(event) {
    const now = this.cursor ?? this.spans.at(-1)?.from ?? this.begin;
    const step = (this.view[1] - this.view[0]) / 100;
    const moved = { ArrowLeft: now - step, ArrowRight: now + step, Home: this.begin, End: this.end - 1000 }[event.key];
    if (moved !== undefined) this.setCursor(Math.min(this.end - 1, Math.max(this.begin, moved)));
    else if (event.key === "Enter") this.choose(now);
    else if (event.key === "+") this.zoom(now, 1 / 1.5);
    else if (event.key === "-") this.zoom(now, 1.5);
    else return;
    event.preventDefault();
  }

  draw() {
    const [from, to] = this.view;
    const step = STEPS.find((one) => (to - from) / one <= MOST_TICKS) ?? STEPS.at(-1);
    const found = [...(this.found?.unknown ?? []).map(([begin, end]) => ({ from: begin, to: end, type: "unknown" })),
      ...(this.found?.moved ?? []).map(([begin, end]) => ({ from: begin, to: end, type: "moved" }))];
    const parts = [];
    for (const span of [...this.spans, ...found]) {
      const begin = Math.max(span.from, from);
      const end = Math.min(span.to, to);
      if (end <= begin) continue;
      const piece = this.mark("i", begin);
      piece.className = span.type;
      piece.style.width = `${(100 * (end - begin)) / (to - from)}%`;
      parts.push(piece);
    }
    for (let at = this.begin; at < to; at += step) {
      if (at <= from) continue;
      const tick = this.mark("b", at);
      tick.textContent = clock.fieldTime(at).slice(0, step < MINUTE ? 8 : 5);
      parts.push(tick);
    }
    this.line.replaceChildren(...parts);
    this.setCursor(this.cursor);
  }

  mark(kind, ms) {
    const found = document.createElement(kind);
    found.style.left = `${(100 * (ms - this.view[0])) / (this.view[1] - this.view[0])}%`;
    return found;
  }
}
