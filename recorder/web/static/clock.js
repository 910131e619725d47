// Times as the recorder's zone has them, whatever the browser's is. Instants are milliseconds of UTC.

let zone = "UTC";

export function setZone(name) {
  zone = name;
}

const shown = (options, ms) => new Intl.DateTimeFormat(undefined, { ...options, timeZone: zone }).format(ms);

export const moment = (ms) => shown({ dateStyle: "medium", timeStyle: "medium" }, ms);
export const time = (ms) => shown({ timeStyle: "medium" }, ms);
export const shortTime = (ms) => shown({ timeStyle: "short" }, ms);
export const day = (ms) => shown({ dateStyle: "full" }, ms);

// As <input type="time"> wants it: 14:02:05.
export const fieldTime = (ms) =>
  new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", timeStyle: "medium" }).format(ms);

// As ISO 8601 has it: 2030-01-31.
const date = (ms) => new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(ms);

function offset(ms) {
  const parts = Object.fromEntries(new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", year: "numeric",
    month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" }).formatToParts(ms)
    .map((one) => [one.type, Number(one.value)]));
  const local = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
  return local - Math.floor(ms / 1000) * 1000;
}

function instant(date_, time_) {
  const wished = Date.parse(`${date_}T${time_}Z`);
  let found = wished;
  // The offset at the wished time, then the one at what came out: they differ around a change of DST.
  for (let turn = 0; turn < 2; turn += 1) found = wished - offset(found);
  return found;
}

// The begin of the day in which an instant lies.
export const midnight = (ms) => instant(date(ms), "00:00:00");

// The instant of a field's time on the day that begins at `begin`. Browsers leave out seconds that are nought.
export const onDay = (begin, text) => instant(date(begin), text.length === 5 ? `${text}:00` : text);

// The same, but where a field shows what it was filled with, that very second: of an hour that comes twice, the right one.
export function nearest(begin, text, filled) {
  const whole = text.length === 5 ? `${text}:00` : text;
  return whole === fieldTime(filled) ? Math.floor(filled / 1000) * 1000 : onDay(begin, text);
}
