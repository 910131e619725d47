// Searching for motion in what was recorded: a region painted over the picture, marks on the timeline, a list with
// pictures. Answered from what was seen while it was recorded; what nobody looked at is said.
import { ask } from "./api.js";
import * as clock from "./clock.js";
import { make } from "./form.js";
import { Region } from "./region.js";

const $ = (id) => document.getElementById(id);
const HOUR = 3600e3;
const JOIN_MS = 10e3; // pauses within one moment
const LAG_MS = 15e3; // what moved is known so much later
const LEAST_UNKNOWN_MS = 5e3;
const BEFORE_MS = 2e3; // a moment is shown from so long before it
const PICTURE_WIDTH = 160;
const MOST_ROWS = 500;

export class MotionSearch {
  // `play` is told the instant to play from, `show` what was found or null, `stage` holds the picture; `opened` is
  // called before a region can be painted.
  constructor(stage, play, show, opened) {
    this.opened = opened;
    this.play = play;
    this.show = show;
    this.region = new Region("", () => this.ask());
    this.region.node.id = "motion-region";
    this.region.node.hidden = true;
    stage.append(this.region.node);
    this.stage = stage;
    new ResizeObserver(() => this.fit()).observe(stage);
    for (const name of ["loadedmetadata", "resize"]) $("video").addEventListener(name, () => this.fit());
    this.panel = $("motion");
    this.asked = 0;
    this.seen = new IntersectionObserver((rows) => rows.forEach((row) => row.isIntersecting && this.picture(row.target)),
      { root: $("motion-moments") });
    $("motion-days").onchange = () => this.ask();
    $("motion-everywhere").onclick = () => { this.region.set(""); this.ask(); };
    $("motion-previous").onclick = () => this.step(-1);
    $("motion-next").onclick = () => this.step(1);
    $("find").onclick = () => (this.on ? this.close() : this.open());
  }

  // The grid lies over the picture, and not over the bars beside it.
  fit() {
    const { width, height } = this.stage.getBoundingClientRect();
    const [wide, high] = [$("video").videoWidth || 16, $("video").videoHeight || 9];
    const scale = Math.min(width / wide, height / high);
    this.region.node.style.inset = `${(height - high * scale) / 2}px ${(width - wide * scale) / 2}px`;
  }

  get on() {
    return !this.panel.hidden;
  }

  // Another channel, or another day: `end` is the last instant that is searched, `at` gives where playback is.
  about(channel, end, at) {
    Object.assign(this, { channel, end, at });
    if (this.on) this.ask();
  }

  open() {
    this.opened();
    this.panel.hidden = this.region.node.hidden = false;
    $("find").setAttribute("aria-pressed", "true");
    this.fit();
    this.ask();
  }

  close() {
    this.asked += 1;
    this.found = null;
    this.panel.hidden = this.region.node.hidden = true;
    $("find").setAttribute("aria-pressed", "false");
    $("motion-moments").replaceChildren();
    this.show(null);
  }

  // Day by day, the newest first.
  async ask() {
    this.asked += 1;
    const { asked } = this;
    this.found = { moved: [], unknown: [], looked: false };
    $("motion-everywhere").hidden = !this.region.get();
    let end = this.end;
    for (let days = Number($("motion-days").value); days > 0; days -= 1) {
      const begin = clock.midnight(end - 1);
      try {
        await this.day(begin, Math.min(end, Date.now() - LAG_MS), asked);
      } catch (error) {
        if (asked === this.asked) $("motion-words").textContent = error.message;
        return;
      }
      if (asked !== this.asked) return;
      this.tell(days > 1);
      end = begin;
    }
  }

  async day(begin, end, asked) {
    if (end <= begin) return;
    const { number } = this.channel;
    const span = `start=${Math.round(begin * 1000)}&end=${Math.round(end * 1000)}`;
    const [motion, spans] = await Promise.all([
      ask("GET", `/channels/${number}/motion?${span}&region=${encodeURIComponent(this.region.get())}`),
      ask("GET", `/channels/${number}/spans?${span}`)]);
    if (asked !== this.asked) return;
    const found = this.found;
    const analysed = joined(motion.analysed.map(pair), LEAST_UNKNOWN_MS);
    found.looked ||= analysed.length > 0;
    found.moved = joined([...motion.moved.map(pair), ...found.moved], JOIN_MS);
    found.unknown = joined([...without(joined(spans.map(pair), 0), analysed)
      .filter(([from, to]) => to - from >= LEAST_UNKNOWN_MS), ...found.unknown], 0);
  }

  tell(searching) {
    const { moved, unknown, looked } = this.found;
    const words = [];
    if (moved.length) words.push(moved.length === 1 ? "1 moment." : `${moved.length} moments.`);
    else if (!searching && looked) words.push("Nothing was seen to move here.");
    else if (!searching && !unknown.length) words.push("Nothing is recorded in this time.");
    if (searching) words.push("Searching…");
    else if (unknown.length) {
      const minutes = Math.max(1, Math.round(unknown.reduce((sum, [from, to]) => sum + to - from, 0) / 60e3));
      words.push(`${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min recorded without being `
        + "analysed: nobody knows what moved then.");
    }
    $("motion-words").textContent = words.join(" ");
    this.show(this.found);
    const rows = [...moved.map((span) => [span, true]), ...unknown.map((span) => [span, false])]
      .sort(([one], [other]) => other[0] - one[0]).slice(0, MOST_ROWS).map(([span, known]) => this.row(span, known));
    this.seen.disconnect();
    $("motion-moments").replaceChildren(...rows);
    for (const row of rows) this.seen.observe(row);
  }

  row([from, to], known) {
    const many = Number($("motion-days").value) > 1;
    const lasts = length(to - from);
    const when = make("b", { textContent: many ? clock.moment(from) : clock.time(from) });
    const words = make("span", { className: "quiet", textContent: known ? lasts : `Not analysed: ${lasts}` });
    const picture = known ? make("img", { alt: "" }) : make("i", { className: "unknown" });
    const row = make("button", { type: "button", className: "moment" }, picture, make("span", {}, when, words));
    if (known) row.dataset.at = Math.round((from + Math.min(1e3, (to - from) / 2)) * 1000);
    row.onclick = () => this.play(known ? from - BEFORE_MS : from);
    return row;
  }

  picture(row) {
    const img = row.querySelector("img");
    if (!img || img.src) return;
    img.onerror = () => img.removeAttribute("src");
    img.src = `/api/v1/channels/${this.channel.number}/snapshot?at=${row.dataset.at}&width=${PICTURE_WIDTH}`;
    this.seen.unobserve(row);
  }

  step(way) {
    const at = this.at();
    const moments = this.found?.moved ?? [];
    const to = way > 0 ? moments.find(([from]) => from - BEFORE_MS > at + 1)
      : moments.findLast(([from]) => from + BEFORE_MS < at);
    if (to) this.play(to[0] - BEFORE_MS);
    else $("motion-words").textContent = `Nothing was seen to move ${way > 0 ? "after" : "before"} this.`;
  }
}

const pair = (one) => [one.start_us / 1000, one.end_us / 1000];

function joined(spans, pause) {
  const found = [];
  for (const [from, to] of [...spans].sort(([one], [other]) => one - other)) {
    const last = found.at(-1);
    if (last && from <= last[1] + pause) last[1] = Math.max(last[1], to);
    else found.push([from, to]);
  }
  return found;
}

function without(spans, taken) {
  const left = [];
  for (const [from, to] of spans) {
    let at = from;
    for (const [begin, until] of taken) {
      if (until <= at || begin >= to) continue;
      if (begin > at) left.push([at, begin]);
      at = Math.max(at, until);
    }
    if (at < to) left.push([at, to]);
  }
  return left;
}

function length(ms) {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return ms < HOUR ? `${minutes} min ${String(seconds % 60).padStart(2, "0")} s`
    : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}
