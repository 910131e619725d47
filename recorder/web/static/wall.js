// The wall: a tile for each channel, live while it is in sight, and words where there is no picture.
import { cause } from "./causes.js";
import { Picture } from "./picture.js";

const MOST_LIVE = 16;
const STILL_EVERY_MS = 4000;

export class Wall {
  constructor(place, chosen) {
    this.place = place;
    this.chosen = chosen;
    this.tiles = new Map();
    this.asleep = false;
    this.sight = new IntersectionObserver((seen) => {
      for (const one of seen) this.tiles.get(one.target.dataset.channel)?.inSight(one.isIntersecting);
      this.run();
    });
    document.addEventListener("visibilitychange", () => this.run());
  }

  show(channels) {
    const numbers = new Set(channels.map((one) => String(one.number)));
    for (const [number, tile] of this.tiles) {
      if (numbers.has(number)) continue;
      this.sight.unobserve(tile.element);
      tile.remove();
      this.tiles.delete(number);
    }
    for (const channel of channels) {
      const number = String(channel.number);
      let tile = this.tiles.get(number);
      if (!tile) {
        tile = new Tile(number, () => this.chosen(tile.channel));
        this.tiles.set(number, tile);
        this.sight.observe(tile.element);
      }
      this.place.append(tile.element);
      tile.setChannel(channel);
      tile.describe(channel.streams);
    }
    this.place.style.setProperty("--columns", Math.ceil(Math.sqrt(Math.max(1, channels.length))));
    this.run();
  }

  describe(media) {
    for (const [number, tile] of this.tiles) {
      tile.describe(media && media.streams.filter((one) => String(one.channel) === number));
    }
    this.run();
  }

  // While a channel is looked at, or nobody looks at all, the wall pulls nothing.
  sleep(asleep) {
    this.asleep = asleep;
    this.run();
  }

  run() {
    let left = this.asleep || document.hidden ? 0 : MOST_LIVE;
    for (const tile of this.tiles.values()) tile.play(tile.wanted && left-- > 0);
  }
}

class Tile {
  constructor(number, chosen) {
    const make = (kind, name) => {
      const found = document.createElement(kind);
      found.className = name;
      return found;
    };
    this.element = make("button", "tile");
    this.element.dataset.channel = number;
    this.element.onclick = chosen;
    this.video = make("video", "");
    this.video.muted = this.video.playsInline = true;
    const still = make("img", "");
    still.alt = "";
    this.trouble = make("span", "trouble");
    this.what = make("strong", "");
    this.doing = make("span", "quiet");
    this.trouble.append(this.what, this.doing);
    const label = make("span", "label");
    this.dot = make("span", "dot");
    this.name = make("span", "name");
    this.note = make("span", "note");
    label.append(this.dot, this.name, this.note);
    // The words lie under the picture: they show wherever there is none.
    this.element.append(this.trouble, this.video, still, label);
    this.picture = new Picture(this.video, still, STILL_EVERY_MS);
    this.visible = this.playing = this.arrives = false;
  }

  get wanted() {
    return this.visible && this.arrives;
  }

  inSight(visible) {
    this.visible = visible;
  }

  setChannel(channel) {
    const other = this.channel && this.channel.wall_stream !== channel.wall_stream;
    this.channel = channel;
    this.name.textContent = channel.name;
    if (other) this.play(false);
  }

  // `streams` are the channel's, as media tells of them; null while media is silent.
  describe(streams) {
    const main = streams?.find((one) => one.stream === "main");
    const shown = streams?.find((one) => one.stream === this.channel.wall_stream);
    const state = streams === null ? "media_lost" : shown?.state || "off";
    this.arrives = state === "playing";
    this.dot.className = `dot ${main?.recording ? "rec" : this.arrives ? "on" : "off"}`;
    this.note.textContent = this.arrives && !main?.recording ? "not recording" : "";
    const { what, doing } = cause(state, this.arrives ? 0 : shown?.since_us);
    this.what.textContent = what;
    this.doing.textContent = doing;
  }

  play(wished) {
    if (wished === this.playing) return;
    this.playing = wished;
    if (wished) this.picture.live(this.channel, [this.channel.wall_stream]);
    else this.picture.stop();
  }

  remove() {
    this.play(false);
    this.element.remove();
  }
}
