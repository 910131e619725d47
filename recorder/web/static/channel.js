// One channel, large: live, a moment of a day, and a piece of it to take away.
import { ask } from "./api.js";
import * as clock from "./clock.js";
import { MotionSearch } from "./motion.js";
import { Picture } from "./picture.js";
import { Ptz } from "./ptz.js";
import { Timeline } from "./timeline.js";

const $ = (id) => document.getElementById(id);
const HOUR = 3600e3;
const REFRESH_MS = 10_000;
const PIECE_MS = 60e3;

export class ChannelDialog {
  constructor(closed) {
    this.dialog = $("channel");
    this.picture = new Picture($("video"), $("still"));
    this.timeline = new Timeline($("timeline"), (ms) => this.playFrom(ms));
    this.channel = null;
    this.from = null; // where playback began; null is live
    this.job = null;
    this.wished = {}; // the instants that the fields of the export were filled with
    this.motion = new MotionSearch(this.dialog.querySelector(".stage"), (ms) => this.playMoment(ms),
      (found) => this.timeline.showFound(found));
    this.domes = new Set(); // channels whose cameras turn
    this.ptz = new Ptz($("ptz"), $("turn"), (words) => this.say(words));
    this.dialog.onclose = () => {
      this.ptz.offer(null);
      this.motion.close();
      clearInterval(this.refreshing);
      this.picture.stop();
      this.channel = null;
      closed();
    };
    $("close").onclick = () => this.dialog.close();
    $("live").onclick = () => this.live();
    $("pause").onclick = () => this.toggle();
    $("video").onclick = () => this.toggle();
    $("video").ontimeupdate = () => this.moved();
    $("video").onended = () => this.say("end of footage");
    for (const name of ["play", "pause"]) {
      $("video").addEventListener(name, () => { $("pause").textContent = $("video").paused ? "Play" : "Pause"; });
    }
    $("day-back").onclick = () => this.day(this.timeline.begin - 12 * HOUR);
    $("day-on").onclick = () => this.day(this.timeline.end + 12 * HOUR);
    $("export-form").onsubmit = (event) => { event.preventDefault(); this.export(event.target); };
    $("export-cancel").onclick = () => this.cancel(this.job);
  }

  open(channel) {
    this.channel = channel;
    $("channel-name").textContent = channel.name;
    if (!this.job) $("export-words").replaceChildren();
    this.dialog.showModal();
    this.turns(this.domes);
    this.live();
    this.day(Date.now());
    this.piece(Date.now() - PIECE_MS);
    this.refreshing = setInterval(() => this.timeline.refresh().catch(() => {}), REFRESH_MS);
  }

  // Which channels' cameras turn, as the recorder tells it again and again.
  turns(domes) {
    this.domes = domes;
    if (this.channel) this.ptz.offer(domes.has(this.channel.number) ? this.channel.number : null);
  }

  say(words) {
    $("channel-state").textContent = words;
  }

  live() {
    this.from = null;
    this.timeline.setCursor(null);
    $("live").hidden = $("pause").hidden = true;
    this.say("live");
    this.picture.live(this.channel, ["main", this.channel.wall_stream]);
  }

  playFrom(ms) {
    this.from = ms;
    $("live").hidden = $("pause").hidden = false;
    this.say(clock.time(ms));
    this.piece(ms);
    this.picture.recorded(this.channel, Math.round(ms * 1000), Math.round(this.timeline.end * 1000))
      .catch((error) => this.say(error.message));
  }

  // A moment may lie on another day.
  async playMoment(ms) {
    if (ms < this.timeline.begin || ms >= this.timeline.end) await this.day(ms, false);
    this.timeline.setCursor(ms);
    this.playFrom(ms);
  }

  moved() {
    if (this.from === null || $("video").currentTime === 0) return;
    const at = this.timeline.after(this.from, $("video").currentTime * 1000);
    this.timeline.setCursor(at);
    this.say(clock.time(at));
  }

  toggle() {
    if (this.from === null) return;
    if ($("video").paused) $("video").play().catch((error) => this.say(error.message));
    else $("video").pause();
  }

  // `search`: what is searched is this day from now on.
  async day(ms, search = true) {
    const showing = this.timeline.show(this.channel, ms);
    if (search) this.motion.about(this.channel, this.timeline.end, () => this.timeline.cursor ?? this.timeline.end);
    $("day").textContent = clock.day(this.timeline.begin);
    $("day-hint").textContent = "";
    try {
      const some = await showing;
      $("day-hint").textContent = some ? "Click to play, wheel to zoom." : "No footage on this day.";
    } catch (error) {
      $("day-hint").textContent = error.message;
    }
  }

  // --- taking a piece away ---

  piece(from) {
    const form = $("export-form");
    const last = this.timeline.end - 1000;
    const begin = Math.max(this.timeline.begin, from);
    this.wished = { from: begin, to: Math.min(begin + PIECE_MS, last) };
    for (const name of ["from", "to"]) form[name].value = clock.fieldTime(this.wished[name]);
  }

  async export(form) {
    const at = (name) => 1000 * clock.nearest(this.timeline.begin, form[name].value, this.wished[name]);
    $("export-begin").disabled = true;
    try {
      this.job = await ask("POST", "/exports",
        { channels: [this.channel.number], start: at("from"), end: at("to") });
      this.exported(this.job);
      // What was told of it before this answer came was of nobody's export: a short one may be over.
      this.lookAtExport().catch(() => {});
    } catch (error) {
      $("export-begin").disabled = false;
      $("export-words").textContent = error.message;
    }
  }

  // Nothing of an export that is called off is left to be fetched.
  async cancel(job) {
    $("export-cancel").disabled = true;
    $("export-words").textContent = "Cancelling…";
    try {
      await ask("DELETE", `/exports/${job.id}`);
      this.job ??= job; // it may have ended just before: what was made of it is gone all the same
      this.exported({ ...job, state: "cancelled" });
    } catch (error) {
      $("export-words").textContent = error.message;
      $("export-cancel").disabled = false;
      this.lookAtExport().catch(() => {});
    }
  }

  // What became of the export while the recorder could not tell.
  async lookAtExport() {
    if (!this.job) return;
    this.exported(await ask("GET", `/exports/${this.job.id}`).catch((error) => {
      if (error.status !== 404) throw error;
      return { ...this.job, state: "failed", words: "The recorder was restarted in the middle of the export." };
    }));
  }

  exported(found) {
    if (!this.job || found.id !== this.job.id) return;
    const over = ["done", "failed", "cancelled"].includes(found.state);
    $("export-progress").hidden = $("export-cancel").hidden = over;
    // One at a time: of another one nothing would be seen here any more.
    $("export-begin").disabled = !over;
    $("export-progress").value = found.total_us ? found.done_us / found.total_us : 0;
    $("export-words").textContent = found.words || (found.state === "cancelled" ? "Cancelled." : $("export-cancel").disabled ? "Cancelling…" : "");
    if (!over) return;
    this.job = null;
    $("export-cancel").disabled = false;
    if (found.state !== "done") return;
    for (const name of found.files) {
      const link = document.createElement("a");
      link.href = `/api/v1/exports/${found.id}/files/${encodeURIComponent(name)}`;
      link.textContent = link.download = name;
      $("export-words").append(link);
    }
    // Browsers ask before they take several files at once; the others are a click away.
    $("export-words").querySelector("a")?.click();
  }
}
