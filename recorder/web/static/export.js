// A piece of a channel to take away: begun, followed, called off, fetched. What runs is found again after a reload.
import { ask } from "./api.js";
import * as clock from "./clock.js";

const $ = (id) => document.getElementById(id);
export const PIECE_MS = 60e3;
const BEGUN_HERE = "export"; // the job that was begun in this tab, kept over a reload

export class Export {
  // `chosen` gives what would be taken away: { channel, stream, timeline }.
  constructor(chosen) {
    this.chosen = chosen;
    this.job = null;
    this.wished = {}; // the instants that the fields were filled with
    $("export-form").onsubmit = (event) => { event.preventDefault(); this.begin(event.target); };
    $("export-cancel").onclick = () => this.cancel(this.job);
  }

  // Offer the piece that begins here, as far as it lies within the day that is shown.
  piece(from) {
    const { timeline } = this.chosen();
    const form = $("export-form");
    const last = timeline.end - 1000;
    const begin = Math.max(timeline.begin, from);
    this.wished = { from: begin, to: Math.min(begin + PIECE_MS, last) };
    for (const name of ["from", "to"]) form[name].value = clock.fieldTime(this.wished[name]);
  }

  async begin(form) {
    const { channel, stream, timeline } = this.chosen();
    const at = (name) => 1000 * clock.nearest(timeline.begin, form[name].value, this.wished[name]);
    $("export-begin").disabled = true;
    try {
      this.job = await ask("POST", "/exports", { channels: [channel.number], stream, start: at("from"), end: at("to") });
      sessionStorage.setItem(BEGUN_HERE, this.job.id);
      this.told(this.job);
      // What was told of it before this answer came was of nobody's export: a short one may be over.
      this.look().catch(() => {});
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
      this.told({ ...job, state: "cancelled" });
    } catch (error) {
      $("export-words").textContent = error.message;
      $("export-cancel").disabled = false;
      this.look().catch(() => {});
    }
  }

  // What became of the export while the recorder could not tell, or nobody was here to be told.
  async look(user = "") {
    if (!this.job) return this.find(user);
    this.told(await ask("GET", `/exports/${this.job.id}`).catch((error) => {
      if (error.status !== 404) throw error;
      return { ...this.job, state: "failed", words: "The recorder was restarted in the middle of the export." };
    }));
  }

  // The export that was begun in this tab, else the newest of this user that runs.
  async find(user) {
    if (!user) return;
    const jobs = await ask("GET", "/exports");
    const here = sessionStorage.getItem(BEGUN_HERE);
    const found = jobs.find((one) => one.id === here) ?? jobs.findLast((one) => one.by === user && !over(one));
    if (this.job || !found) return;
    this.job = found;
    this.told(found);
  }

  told(found) {
    if (!this.job || found.id !== this.job.id) return;
    const ended = over(found);
    $("export-progress").hidden = $("export-cancel").hidden = ended;
    // One at a time: of another one nothing would be seen here any more.
    $("export-begin").disabled = !ended;
    $("export-progress").value = found.total_us ? found.done_us / found.total_us : 0;
    $("export-words").textContent = found.words || (found.state === "cancelled" ? "Cancelled." : $("export-cancel").disabled ? "Cancelling…" : "");
    if (!ended) return;
    const here = sessionStorage.getItem(BEGUN_HERE) === found.id;
    if (here) sessionStorage.removeItem(BEGUN_HERE);
    this.job = null;
    $("export-cancel").disabled = false;
    if (found.state === "done") offer(found, here);
  }
}

const over = (job) => ["done", "failed", "cancelled"].includes(job.state);

// Links to what was made. Where it was asked for here, the first is taken at once.
function offer(job, take) {
  for (const name of job.files) {
    const link = document.createElement("a");
    link.href = `/api/v1/exports/${job.id}/files/${encodeURIComponent(name)}`;
    link.textContent = link.download = name;
    $("export-words").append(link);
  }
  // Browsers ask before they take several files at once; the others are a click away.
  if (take) $("export-words").querySelector("a")?.click();
}
