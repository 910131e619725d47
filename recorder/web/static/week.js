// A week of periods: for each day from when to when, and what for.
const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const HOLIDAY = DAYS.length;
const LINES = [...DAYS, "Holiday"];
const DAY_MIN = 1440;

const clock = (min) => `${String(Math.floor(min / 60)).padStart(2, "0")}:${String(min % 60).padStart(2, "0")}`;

function minutes(words) {
  const found = /^(\d{1,2}):(\d{2})$/.exec(words.trim());
  return found && Number(found[2]) < 60 ? Number(found[1]) * 60 + Number(found[2]) : null;
}

export class WeekControl {
  static days = DAYS;
  static lines = LINES;

  constructor(field, value) {
    const period = field.properties.days.items.items.properties;
    this.most = field.properties.days.items.maxItems || 6;
    this.names = field["x-choices"] || {};
    // A type without a name is not meant here.
    this.types = period.types.items.enum.filter((one) => this.names[one] || !Object.keys(this.names).length);
    const copied = (day) => day.map((one) => ({ ...one, types: [...one.types] }));
    this.days = (value?.days || DAYS.map(() => [])).map(copied);
    // null: a holiday is as its day of the week.
    this.holiday = value?.holiday ? copied(value.holiday) : null;
    this.node = document.createElement("div");
    this.node.className = "week";
    this.draw();
  }

  get() {
    return { days: this.days, holiday: this.holiday };
  }

  draw() {
    this.node.replaceChildren(...[...this.days, this.holiday].map((day, at) => this.day(day, at)));
  }

  day(day, at) {
    const row = document.createElement("div");
    row.className = "day";
    const name = document.createElement("b");
    name.textContent = LINES[at];
    const periods = document.createElement("div");
    if (at === HOLIDAY && !day) {
      periods.append("as the day of the week", this.button("own periods", "Periods of their own on holidays", () => {
        this.holiday = [];
      }));
      row.append(name, periods);
      return row;
    }
    periods.append(...day.map((period) => this.period(day, period, at)));
    if (!day.length) periods.append("nothing");
    if (day.length < this.most) {
      const add = this.button("+ period", `Add a period on ${LINES[at]}`, () => {
        const start = day.length ? Math.min(day.at(-1).end_min, DAY_MIN - 1) : 0;
        day.push({ start_min: start, end_min: DAY_MIN, types: [this.types[0]] });
      });
      periods.append(add);
    }
    if (at === HOLIDAY) {
      periods.append(this.button("as the day of the week", "Holidays as the day of the week", () => {
        this.holiday = null;
      }));
    }
    row.append(name, periods);
    return row;
  }

  period(day, period, at) {
    const row = document.createElement("div");
    row.className = "period";
    row.append(this.time(period, "start_min", `${LINES[at]} from`), "–", this.time(period, "end_min", `${LINES[at]} to`));
    for (const type of this.types) {
      const box = document.createElement("input");
      box.type = "checkbox";
      box.checked = period.types.includes(type);
      box.onchange = () => {
        const kept = this.types.filter((one) => (one === type ? box.checked : period.types.includes(one)));
        if (kept.length) period.types = kept; else box.checked = true; // a period is for something
      };
      const label = document.createElement("label");
      label.append(box, this.names[type] ?? type);
      row.append(label);
    }
    row.append(this.button("✕", `Remove the period on ${LINES[at]}`, () => day.splice(day.indexOf(period), 1)));
    return row;
  }

  time(period, name, words) {
    const box = document.createElement("input");
    box.value = clock(period[name]);
    box.size = 5;
    box.maxLength = 5;
    box.setAttribute("aria-label", words);
    box.onchange = () => {
      const found = minutes(box.value);
      if (found !== null && found <= DAY_MIN) period[name] = found;
      box.value = clock(period[name]);
    };
    return box;
  }

  button(words, label, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "plain";
    made.textContent = words;
    made.setAttribute("aria-label", label);
    made.onclick = () => { act(); this.draw(); };
    return made;
  }
}
