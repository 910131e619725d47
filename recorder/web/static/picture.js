// One moving picture under a grant: live by Media Source Extensions, recorded as a growing MP4, and single pictures where
// the browser does not know the codec.
import { ask } from "./api.js";

const BEHIND_S = 1.5; // further behind live than this, jump on
const KEPT_S = 20;
const LONGEST_QUEUE = 200;
const AGAIN_MS = 2000;
const GRANT_OVER = "BadGrant";
const FOR_GOOD = new Set(["NotForBrowsers", "TooManyStreams"]);

export class Picture {
  // `stillEveryMs` is how often single pictures come, where no others can.
  constructor(video, still, stillEveryMs = 500) {
    this.video = video;
    this.still = still;
    this.stillEveryMs = stillEveryMs;
    this.running = null;
  }

  stop() {
    this.running?.abort();
    this.running = null;
    this.video.pause();
    this.video.removeAttribute("src");
    this.video.load();
    this.video.hidden = false;
    this.still.hidden = true;
  }

  begin() {
    this.stop();
    this.running = new AbortController();
    return this.running.signal;
  }

  // Show live until `stop`, the first of `streams` that can be shown. What breaks begins again: cameras and services come
  // back.
  async live(channel, streams) {
    const signal = this.begin();
    const left = [...streams];
    while (!signal.aborted && left.length) {
      let ended = "";
      try { ended = await this.watch(channel, left[0], signal); } catch { /* the next turn tries again */ }
      if (FOR_GOOD.has(ended)) left.shift();
      else if (ended === GRANT_OVER) continue; // the next turn asks for another
      else await pause(AGAIN_MS, signal);
    }
    await this.stills(channel, streams.at(-1), signal);
  }

  async recorded(channel, stream, startUs, endUs) {
    const signal = this.begin();
    const { token } = await ask("POST", "/grants", { channels: [channel.number], live: false, start: startUs, end: endUs });
    if (signal.aborted) return;
    this.video.src =
      `/media/recorded/${channel.number}/${stream}?start=${startUs}&end=${endUs}&grant=${encodeURIComponent(token)}`;
    await this.video.play().catch((error) => {
      if (!signal.aborted && error.name !== "AbortError") throw new Error("No picture that can be shown here.");
    });
  }

  // Show live until the stream breaks or `signal` says stop; gives the code of the error, if the recorder told one.
  async watch(channel, stream, signal) {
    const { token } = await ask("POST", "/grants", { channels: [channel.number] });
    if (signal.aborted) return "";
    const source = new MediaSource();
    const place = URL.createObjectURL(source);
    const socket = new WebSocket(`wss://${location.host}/media/live/${channel.number}/${stream}`
      + `?grant=${encodeURIComponent(token)}`);
    socket.binaryType = "arraybuffer";
    try {
      this.video.src = place;
      await heard(source, "sourceopen", signal);
      return await this.feed(source, socket, signal);
    } finally {
      socket.close();
      URL.revokeObjectURL(place);
    }
  }

  feed(source, socket, signal) {
    const video = this.video;
    const queue = [];
    let buffer = null;
    return new Promise((end) => {
      const push = () => {
        try {
          while (queue.length && source.readyState === "open" && !buffer?.updating) {
            const next = queue.shift();
            if (typeof next !== "string") buffer.appendBuffer(next);
            else if (buffer) buffer.changeType(next);
            else {
              buffer = source.addSourceBuffer(next);
              buffer.onupdateend = () => { tidy(video, buffer); push(); };
            }
          }
        } catch { end(""); }
      };
      socket.onmessage = ({ data }) => {
        if (typeof data === "string") {
          const told = JSON.parse(data);
          if (!told.codec) { end(told.code); return; }
          const type = `video/mp4; codecs="${told.codec}"`;
          if (!MediaSource.isTypeSupported(type)) { end("NotForBrowsers"); return; }
          queue.push(type);
          video.play().catch(() => {});
        } else if (queue.push(data) > LONGEST_QUEUE) end("");
        push();
      };
      socket.onclose = () => end("");
      video.onerror = () => end("");
      signal.addEventListener("abort", () => end(""));
    });
  }

  async stills(channel, stream, signal) {
    if (signal.aborted) return;
    this.video.hidden = true;
    this.still.hidden = false;
    while (!signal.aborted) {
      const answer = await fetch(`/api/v1/channels/${channel.number}/snapshot?stream=${stream}`, { signal })
        .catch(() => null);
      if (answer?.ok) {
        const before = this.still.src;
        this.still.src = URL.createObjectURL(await answer.blob());
        if (before) URL.revokeObjectURL(before);
      }
      await pause(this.stillEveryMs, signal);
    }
  }
}

// Stay near live, and keep no more than can be of use.
function tidy(video, buffer) {
  const ranges = video.buffered;
  if (!ranges.length) return;
  const end = ranges.end(ranges.length - 1);
  if (end - video.currentTime > BEHIND_S) video.currentTime = end - 0.2;
  if (!buffer.updating && ranges.start(0) < end - 2 * KEPT_S) buffer.remove(0, end - KEPT_S);
}

function heard(target, name, signal) {
  return new Promise((done) => {
    target.addEventListener(name, done, { once: true });
    signal.addEventListener("abort", done);
  });
}

function pause(ms, signal) {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", () => { clearTimeout(timer); done(); });
  });
}
