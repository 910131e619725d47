// One channel, large: live, a moment of a day, and a piece of it to take away.
import * as clock from "./clock.js";
import { Export, PIECE_MS } from "./export.js";
import { MotionSearch } from "./motion.js";
import { Picture } from "./picture.js";
import { Ptz } from "./ptz.js";
import { Timeline } from "./timeline.js";

const $ = (id) => document.getElementById(id);
const HOUR = 3600e3;
const REFRESH_MS = 10_000;

export class ChannelDialog {
  constructor(closed) {
    this.dialog = $("channel");
    this.picture = new Picture($("video"), $("still"));
    this.timeline = new Timeline($("timeline"), (ms) => this.playFrom(ms));
    this.channel = null;
    this.from = null; // where playback began; null is live
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
    this.export = new Export(() => ({ channel: this.channel, stream: "main", timeline: this.timeline }));
  }

  open(channel) {
    this.channel = channel;
    $("channel-name").textContent = channel.name;
    if (!this.export.job) $("export-words").replaceChildren();
    this.dialog.showModal();
    this.turns(this.domes);
    this.live();
    this.day(Date.now());
    this.export.piece(Date.now() - PIECE_MS);
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
    this.export.piece(ms);
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
}
