// One channel, large: live, a moment of a day, and a piece of it to take away.
import * as clock from "./clock.js";
import { Export, PIECE_MS } from "./export.js";
import { MotionSearch } from "./motion.js";
import { Picture } from "./picture.js";
import { Ptz } from "./ptz.js";
import { Timeline } from "./timeline.js";
import { Types } from "./types.js";
import { Zoom } from "./zoom.js";

const $ = (id) => document.getElementById(id);
const HOUR = 3600e3;
const REFRESH_MS = 10_000;

export class ChannelDialog {
  constructor(closed) {
    this.dialog = $("channel");
    this.picture = new Picture($("video"), $("still"));
    this.types = new Types($("types"), () => this.sifted());
    this.timeline = new Timeline($("timeline"), (ms) => this.playFrom(ms), this.types);
    this.channel = null;
    this.from = null; // where playback began; null is live
    this.motion = new MotionSearch(this.dialog.querySelector(".stage"), (ms) => this.playMoment(ms),
      (found) => this.timeline.showFound(found), () => this.zoom.reset());
    this.zoom = new Zoom(this.dialog.querySelector(".stage"), [$("video"), $("still")], $("whole"), () => !this.motion.on);
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
    $("video").onended = () => this.goOn();
    $("stream").onchange = () => this.choose($("stream").value);
    for (const name of ["play", "pause"]) {
      $("video").addEventListener(name, () => { $("pause").textContent = $("video").paused ? "Play" : "Pause"; });
    }
    $("day-back").onclick = () => this.day(this.timeline.begin - 12 * HOUR);
    $("day-on").onclick = () => this.day(this.timeline.end + 12 * HOUR);
    this.export = new Export(() => ({ channel: this.channel, stream: this.timeline.stream, timeline: this.timeline }));
  }

  open(channel) {
    this.channel = channel;
    this.timeline.stream = $("stream").value = "main";
    this.types.hidden.clear();
    this.zoom.reset();
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
    this.picture.live(this.channel, [...new Set([this.timeline.stream, "main", this.channel.wall_stream])]);
  }

  // Play from an instant on, or from the next that is in sight.
  playFrom(ms) {
    $("live").hidden = $("pause").hidden = false;
    const stretch = this.timeline.stretch(ms);
    this.from = stretch?.from ?? ms;
    this.until = stretch?.to ?? this.timeline.end;
    if (!stretch) return this.over();
    this.say(clock.time(this.from));
    this.export.piece(this.from);
    this.picture.recorded(this.channel, this.timeline.stream, Math.round(this.from * 1000), Math.round(this.until * 1000))
      .catch((error) => this.say(error.message));
  }

  // What was played in one go is over: the next of what is in sight follows.
  goOn() {
    if (this.from !== null && this.types.hidden.size && this.timeline.stretch(this.until)) this.playFrom(this.until);
    else this.over();
  }

  over() {
    this.say("end of footage");
  }

  // Other record types are in sight.
  sifted() {
    this.timeline.sift();
    if (this.from !== null) this.playFrom(this.timeline.cursor ?? this.from);
  }

  async choose(stream) {
    this.timeline.stream = stream;
    const at = this.timeline.cursor;
    const live = this.from === null;
    if (live) this.live();
    await this.day(this.timeline.begin, false);
    if (live || this.timeline.stream !== stream) return;
    this.timeline.setCursor(at);
    this.playFrom(at ?? this.from);
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

  nothing() {
    return this.timeline.stream === "main" ? "No footage on this day." : "Nothing of this stream was recorded on this day.";
  }

  // `search`: what is searched is this day from now on.
  async day(ms, search = true) {
    const showing = this.timeline.show(this.channel, ms);
    if (search) this.motion.about(this.channel, this.timeline.end, () => this.timeline.cursor ?? this.timeline.end);
    $("day").textContent = clock.day(this.timeline.begin);
    $("day-hint").textContent = "";
    try {
      const some = await showing;
      $("day-hint").textContent = some ? "Click to play, wheel to zoom." : this.nothing();
    } catch (error) {
      $("day-hint").textContent = error.message;
    }
  }
}
