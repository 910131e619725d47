// The recorder in a browser: log in, look at channels, find a moment of a day, take it away.
import { ask, Refusal } from "./api.js";
import { playLive, playRecorded, stop } from "./player.js";

const $ = (id) => document.getElementById(id);
const SNAPSHOT_EVERY_MS = 4000;
let open = null; // the channel whose dialog is open
let day = null; // its day, as a local midnight
let zone = "UTC"; // the recorder's

// --- log in ---

async function begin() {
  try {
    await ask("GET", "/sessions/current");
    await show();
  } catch (error) {
    await showLogin();
  }
}

async function showLogin() {
  const setup = await ask("GET", "/setup");
  $("app").hidden = true;
  $("login").hidden = false;
  $("login-title").textContent = setup.needs_setup ? "Set up this recorder" : "Nightjar";
  $("login-hint").textContent = setup.needs_setup
    ? "Choose the administrator's password: 8 to 128 characters. The code was shown when the recorder started." : "";
  $("code-row").hidden = $("again-row").hidden = !setup.needs_setup;
  $("user-row").hidden = setup.needs_setup;
  const form = $("login-form");
  form.password.autocomplete = setup.needs_setup ? "new-password" : "current-password";
  form.onsubmit = async (event) => {
    event.preventDefault();
    $("login-error").textContent = "";
    try {
      if (setup.needs_setup) {
        if (form.password.value !== form.again.value) throw new Refusal({ words: "The two passwords differ." });
        await ask("POST", "/setup", { password: form.password.value, code: form.code.value, cookie: true });
      } else {
        await ask("POST", "/sessions", { user: form.user.value, password: form.password.value, cookie: true });
      }
      form.reset();
      await show();
    } catch (error) {
      $("login-error").textContent = error.message;
    }
  };
  (setup.needs_setup ? form.code : form.password).focus();
}

$("logout").onclick = async () => {
  await ask("DELETE", "/sessions/current").catch(() => {});
  location.reload();
};

// --- the wall ---

async function show() {
  $("login").hidden = true;
  $("app").hidden = false;
  await refresh();
  listen();
  setInterval(snapshots, SNAPSHOT_EVERY_MS);
}

async function refresh() {
  const channels = await ask("GET", "/channels");
  $("empty").hidden = channels.length > 0;
  const wall = $("wall");
  const seen = new Set(channels.map((one) => String(one.number)));
  for (const tile of [...wall.children]) if (!seen.has(tile.dataset.channel)) tile.remove();
  for (const channel of channels) {
    let tile = wall.querySelector(`[data-channel="${channel.number}"]`);
    if (!tile) {
      tile = document.createElement("button");
      tile.className = "tile";
      tile.dataset.channel = channel.number;
      tile.append(document.createElement("img"), label());
      wall.append(tile);
    }
    tile.channel = channel;
    tile.onclick = () => openChannel(tile.channel);
    tile.querySelector(".name").textContent = channel.name;
    describe(tile, channel.streams);
  }
  snapshots();
}

function label() {
  const found = document.createElement("span");
  found.className = "label";
  for (const name of ["dot", "name", "why"]) {
    const part = document.createElement("span");
    part.className = name;
    found.append(part);
  }
  return found;
}

function describe(tile, streams) {
  const main = streams.find((one) => one.stream === "main") || { state: "off" };
  const playing = main.state === "playing";
  tile.querySelector(".dot").className = `dot ${main.recording ? "rec" : playing ? "on" : "off"}`;
  tile.querySelector(".why").textContent = playing ? (main.recording ? "" : "not recording") : main.state.replace("_", " ");
  tile.playing = streams.some((one) => one.state === "playing");
}

async function snapshots() {
  if (document.hidden || open) return;
  await Promise.all([...$("wall").children].filter((tile) => tile.playing && !tile.busy).map(async (tile) => {
    tile.busy = true;
    try {
      const stream = tile.channel.wall_stream;
      const answer = await fetch(`/api/v1/channels/${tile.dataset.channel}/snapshot?stream=${stream}&width=480`);
      if (answer.ok) {
        const image = tile.querySelector("img");
        const before = image.src;
        image.src = URL.createObjectURL(await answer.blob());
        if (before) URL.revokeObjectURL(before);
      }
    } catch { /* the next round tries again */ } finally { tile.busy = false; }
  }));
}

function listen() {
  const socket = new WebSocket(`wss://${location.host}/api/v1/events`);
  socket.onmessage = (message) => {
    const event = JSON.parse(message.data);
    if (event.kind === "status") status(event.data);
    else if (event.kind === "settings") refresh();
    else if (event.kind === "export") exported(event.data);
  };
  socket.onclose = (event) => (event.code === 1008 ? location.reload() : setTimeout(listen, 2000));
}

function status(found) {
  zone = found.zone;
  $("name").textContent = document.title = found.name;
  $("clock").textContent = new Intl.DateTimeFormat(undefined,
    { dateStyle: "medium", timeStyle: "medium", timeZone: zone }).format(found.time_us / 1000);
  const fine = found.media !== null && found.channels_recording >= found.channels;
  $("health").className = `pill ${fine ? "good" : "bad"}`;
  $("health").textContent = found.media === null ? "recording service restarts"
    : `${found.channels_recording} of ${found.channels} recording`;
  for (const tile of $("wall").children) {
    describe(tile, (found.media?.streams || []).filter((one) => String(one.channel) === tile.dataset.channel));
  }
}

// --- one channel ---

function openChannel(channel) {
  open = channel;
  $("channel-name").textContent = channel.name;
  $("export-words").textContent = "";
  $("channel").showModal();
  live();
  setDay(midnight(Date.now()));
}

function live() {
  $("channel-state").textContent = "live";
  playLive($("video"), $("still"), open).catch((error) => { $("channel-state").textContent = error.message; });
}

$("live").onclick = live;
$("close").onclick = () => $("channel").close();
$("channel").onclose = () => { stop($("video"), $("still")); open = null; };
$("day-back").onclick = () => setDay(midnight(day - 12 * 3600e3));
$("day-on").onclick = () => setDay(midnight(day + 36 * 3600e3));

// The instant at which the recorder's local day of a moment begins, in ms: its zone counts, not the browser's.
function midnight(ms) {
  const parts = Object.fromEntries(new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit",
    day: "2-digit" }).formatToParts(ms).map((one) => [one.type, one.value]));
  return local(`${parts.year}-${parts.month}-${parts.day}`, "00:00:00");
}

function local(date, time) {
  const wished = Date.parse(`${date}T${time}Z`);
  let found = wished;
  for (let turn = 0; turn < 2; turn += 1) found = wished - offset(found);
  return found;
}

function offset(ms) {
  const parts = Object.fromEntries(new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", year: "numeric",
    month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" }).formatToParts(ms)
    .map((one) => [one.type, Number(one.value)]));
  const shown = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
  return shown - Math.floor(ms / 1000) * 1000;
}

const dateOf = (ms) => new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(ms);

async function setDay(begin) {
  day = begin;
  const channel = open;
  const end = midnight(begin + 36 * 3600e3);
  $("day").textContent = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeZone: zone }).format(begin);
  const line = $("timeline");
  line.replaceChildren();
  for (let hour = 1; hour < 24; hour += 1) line.append(mark("b", hour / 24));
  try {
    const spans = await ask("GET", `/channels/${channel.number}/spans?start=${begin * 1000}&end=${end * 1000}`);
    if (open !== channel || day !== begin) return;
    for (const span of spans) {
      const from = Math.max(0, (span.start_us / 1000 - begin) / (end - begin));
      const piece = mark("i", from);
      piece.className = span.type;
      piece.style.width = `${100 * (Math.min(1, (span.end_us / 1000 - begin) / (end - begin)) - from)}%`;
      line.append(piece);
    }
    $("day-hint").textContent = spans.length ? "Click into the line to play." : "No footage on this day.";
  } catch (error) {
    $("day-hint").textContent = error.message;
  }
  line.onclick = (event) => {
    const box = line.getBoundingClientRect();
    const at = begin + ((event.clientX - box.left) / box.width) * (end - begin);
    line.querySelector("u")?.remove();
    line.append(mark("u", (at - begin) / (end - begin)));
    $("channel-state").textContent = new Intl.DateTimeFormat(undefined, { timeStyle: "medium", timeZone: zone }).format(at);
    const form = $("export-form");
    form.from.value = clock(at);
    form.to.value = clock(Math.min(at + 60e3, end - 1000));
    playRecorded($("video"), $("still"), channel, Math.round(at * 1000), Math.round(end * 1000))
      .catch((error) => { $("channel-state").textContent = error.message; });
  };
}

function clock(ms) {
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", timeStyle: "medium" }).format(ms);
}

function mark(kind, place) {
  const found = document.createElement(kind);
  found.style.left = `${100 * place}%`;
  return found;
}

// --- export ---

let job = null;

$("export-form").onsubmit = async (event) => {
  event.preventDefault();
  const form = event.target;
  const date = dateOf(day + 6 * 3600e3);
  try {
    job = await ask("POST", "/exports", {
      channels: [open.number], start: local(date, full(form.from.value)) * 1000, end: local(date, full(form.to.value)) * 1000,
    });
    exported(job);
  } catch (error) {
    $("export-words").textContent = error.message;
  }
};

const full = (time) => (time.length === 5 ? `${time}:00` : time);

function exported(found) {
  if (!job || found.id !== job.id) return;
  const bar = $("export-progress");
  bar.hidden = !["queued", "running"].includes(found.state);
  bar.value = found.total_us ? found.done_us / found.total_us : 0;
  $("export-words").textContent = found.words || (found.state === "done" ? "Saved." : "");
  if (found.state !== "done") return;
  job = null;
  for (const name of found.files) {
    const link = document.createElement("a");
    link.href = `/api/v1/exports/${found.id}/files/${encodeURIComponent(name)}`;
    link.download = name;
    link.click();
  }
}

begin();
