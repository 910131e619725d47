// The recorder in a browser: log in, watch channels, find a moment of a day, take it away.
import { showAccount } from "./account.js";
import { ask } from "./api.js";
import { ChannelDialog } from "./channel.js";
import * as clock from "./clock.js";
import { letIn } from "./login.js";
import { LogDialog } from "./log.js";
import { MachineDialog } from "./machine.js";
import { SettingsDialog } from "./settings.js";
import { tell } from "./toasts.js";
import { Wall } from "./wall.js";

const $ = (id) => document.getElementById(id);
const AGAIN_MS = 2000;
let who = { user: "" };
const dialog = new ChannelDialog(() => wall.sleep(false));
const wall = new Wall($("wall"), (channel) => { wall.sleep(true); dialog.open(channel); });
const machine = new MachineDialog(() => wall.sleep(false), (page, item) => settings.open(page, item));
const log = new LogDialog(() => wall.sleep(false));
const settings = new SettingsDialog(() => { if (!machine.dialog.open) wall.sleep(false); });

async function begin() {
  try {
    await ask("GET", "/sessions/current").catch(async (error) => {
      if (error.status !== 401) throw error;
      $("waiting").hidden = true;
      await letIn();
    });
    who = await ask("GET", "/sessions/current");
    mark(who);
    await refresh();
  } catch (error) {
    $("waiting").hidden = false;
    $("waiting-words").textContent = `${error.message} Trying again…`;
    setTimeout(begin, AGAIN_MS);
    return;
  }
  $("waiting").hidden = true;
  $("app").hidden = false;
  listen();
}

// Who films the screen is known: the name lies over every picture of a user who is marked so.
function mark(found) {
  document.body.classList.toggle("marked", found.watermark === true);
  document.documentElement.style.setProperty("--watermark", JSON.stringify(found.user));
}

async function refresh() {
  const channels = await ask("GET", "/channels");
  $("empty").hidden = channels.length > 0;
  wall.show(channels);
}

function listen() {
  const socket = new WebSocket(`wss://${location.host}/api/v1/events`);
  socket.onopen = () => Promise.allSettled([refresh(), dialog.export.look(who.user)]);
  socket.onmessage = (message) => {
    const event = JSON.parse(message.data);
    if (event.kind === "status") status(event.data);
    else if (event.kind === "settings") refresh().catch(() => {});
    else if (event.kind === "export") dialog.export.told(event.data);
    else if (event.kind === "event") tell(event, () => { wall.sleep(true); machine.open("events"); });
  };
  socket.onclose = () => heal();
}

// The event stream ended: the session is over, or the recorder went away and comes back.
async function heal() {
  try {
    await ask("GET", "/sessions/current");
    listen();
  } catch (error) {
    if (error.status === 401) location.reload();
    health("the recorder does not answer", "bad");
    setTimeout(heal, AGAIN_MS);
  }
}

function status(found) {
  clock.setZone(found.zone);
  $("name").textContent = document.title = found.name;
  $("clock").textContent = clock.moment(found.time_us / 1000);
  if (found.media === null) health("recording service restarts", "bad");
  else if (found.channels) {
    const all = found.channels_recording >= found.channels;
    health(`${found.channels_recording} of ${found.channels} recording`, all ? "good" : "bad");
  } else health("no camera", "");
  dialog.turns(new Set(found.domes));
  wall.describe(found.media);
}

function health(words, kind) {
  $("health").textContent = words;
  $("health").className = `pill ${kind}`;
}

$("open-machine").onclick = () => { wall.sleep(true); machine.open(); };
$("open-log").onclick = () => { wall.sleep(true); log.open(); };
$("open-settings").onclick = () => { wall.sleep(true); settings.open(); };

$("open-account").onclick = () => showAccount(who.user).catch((error) => health(error.message, "bad"));

$("logout").onclick = async () => {
  await ask("DELETE", "/sessions/current").catch(() => {});
  location.reload();
};

begin();
