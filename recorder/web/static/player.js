// Pictures under a grant: live by Media Source Extensions, recorded as a growing MP4, and single pictures where the browser
// does not know the codec.
import { ask } from "./api.js";

const BEHIND_S = 1.5; // further behind live than this, jump on
const KEPT_S = 20;
let current = null;

export function stop(video, still) {
  current?.abort();
  current = null;
  video.removeAttribute("src");
  video.load();
  video.hidden = false;
  still.hidden = true;
}

function fresh(video, still) {
  stop(video, still);
  current = new AbortController();
  return current.signal;
}

export async function playLive(video, still, channel) {
  const signal = fresh(video, still);
  const { token } = await ask("POST", "/grants", { channels: [channel.number] });
  if (signal.aborted) return;
  const socket = new WebSocket(
    `wss://${location.host}/media/live/${channel.number}/${channel.wall_stream}?grant=${encodeURIComponent(token)}`);
  socket.binaryType = "arraybuffer";
  signal.addEventListener("abort", () => socket.close());
  const queue = [];
  let buffer = null;
  const source = new MediaSource();
  video.src = URL.createObjectURL(source);

  const feed = () => {
    if (source.readyState !== "open" || !queue.length || buffer?.updating) return;
    const next = queue.shift();
    if (typeof next !== "string") buffer.appendBuffer(next);
    else if (buffer) { buffer.changeType(next); feed(); } else {
      buffer = source.addSourceBuffer(next);
      buffer.addEventListener("updateend", tidy);
      feed();
    }
  };
  source.addEventListener("sourceopen", () => feed(), { once: true });
  const tidy = () => {
    const ranges = video.buffered;
    if (ranges.length) {
      const end = ranges.end(ranges.length - 1);
      if (end - video.currentTime > BEHIND_S) video.currentTime = end - 0.2;
      if (!buffer.updating && ranges.start(0) < end - 2 * KEPT_S) buffer.remove(0, end - KEPT_S);
    }
    feed();
  };
  socket.onmessage = (message) => {
    if (signal.aborted) return;
    if (typeof message.data !== "string") {
      queue.push(message.data);
      feed();
      return;
    }
    const told = JSON.parse(message.data);
    const type = `video/mp4; codecs="${told.codec}"`;
    if (!told.codec || !MediaSource.isTypeSupported(type)) {
      socket.close();
      showStills(still, video, channel, signal);
      return;
    }
    queue.push(type);
    feed();
  };
}

export async function playRecorded(video, still, channel, startUs, endUs) {
  const signal = fresh(video, still);
  const { token } = await ask("POST", "/grants", { channels: [channel.number], live: false, start: startUs, end: endUs });
  if (signal.aborted) return;
  video.src = `/media/recorded/${channel.number}/main?start=${startUs}&end=${endUs}&grant=${encodeURIComponent(token)}`;
  await video.play().catch(() => { throw new Error("no picture here"); });
}

async function showStills(still, video, channel, signal) {
  video.hidden = true;
  still.hidden = false;
  while (!signal.aborted) {
    const answer = await fetch(`/api/v1/channels/${channel.number}/snapshot?stream=${channel.wall_stream}`, { signal })
      .catch(() => null);
    if (answer?.ok) {
      const before = still.src;
      still.src = URL.createObjectURL(await answer.blob());
      if (before) URL.revokeObjectURL(before);
    }
    await new Promise((done) => { setTimeout(done, 500); });
  }
}
