// What the modules of the kinds build with.

export function element(tag, words = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(words)) {
    if (name === "text") made.textContent = value;
    else if (name === "class") made.className = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

// A small picture from paths on a grid of 24 by 24.
export function icon(paths) {
  const space = "http://www.w3.org/2000/svg";
  const made = document.createElementNS(space, "svg");
  made.setAttribute("viewBox", "0 0 24 24");
  made.setAttribute("aria-hidden", "true");
  for (const drawn of paths) {
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", drawn);
    made.append(path);
  }
  return made;
}

// A button that is held: by pointer, or by space or return.
export function held(button, press, release) {
  let down = false;
  const begin = () => {
    if (down) return;
    down = true;
    button.classList.add("held");
    press();
  };
  const end = () => {
    if (!down) return;
    down = false;
    button.classList.remove("held");
    release();
  };
  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    button.setPointerCapture(event.pointerId);
    begin();
  });
  for (const over of ["pointerup", "pointercancel", "blur"]) button.addEventListener(over, end);
  button.addEventListener("keydown", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    begin();
  });
  button.addEventListener("keyup", (event) => {
    if (event.key === " " || event.key === "Enter") end();
  });
}

// A button that opens a small menu of what a hand can do here. `actions()` gives [words, action] pairs, or a promise of
// them; what has no action is only told.
export function handle(button, actions) {
  const menu = element("div", { class: "offer", role: "menu" });
  menu.hidden = true;
  const close = () => {
    menu.hidden = true;
    button.setAttribute("aria-expanded", "false");
  };
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", async () => {
    if (!menu.hidden) return close();
    const offered = await actions();
    menu.replaceChildren(...offered.map(([words, action]) => {
      if (!action) return element("p", { class: "told", text: words });
      const one = element("button", { role: "menuitem", text: words });
      one.addEventListener("click", () => {
        close();
        button.focus();
        action();
      });
      return one;
    }));
    menu.hidden = false;
    keepInSight(menu);
    button.setAttribute("aria-expanded", "true");
    menu.querySelector("button")?.focus();
  });
  const moved = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" };
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      close();
      button.focus();
    }
    if (moved[event.key]) {
      event.preventDefault();
      document.activeElement[moved[event.key]]?.focus();
    }
  });
  document.addEventListener("pointerdown", (event) => {
    if (!menu.contains(event.target) && !button.contains(event.target)) close();
  });
  return menu;
}

// Move a menu so that all of it is on the page: left of where it opens, or above.
function keepInSight(menu) {
  menu.classList.remove("leftwards", "upwards");
  const box = menu.getBoundingClientRect();
  menu.classList.toggle("leftwards", box.right > document.documentElement.clientWidth - 8);
  menu.classList.toggle("upwards", box.bottom > window.innerHeight - 8 && box.top > box.height + 60);
}

let audio = null;
document.addEventListener("pointerdown", () => sound()?.resume(), { once: true });
document.addEventListener("keydown", () => sound()?.resume(), { once: true });

// The page's sound; browsers keep it silent until somebody has touched the page.
export function sound() {
  if (!audio && "AudioContext" in window) audio = new AudioContext();
  return audio;
}

// The click of a relay: a few milliseconds of noise.
export function click() {
  const context = sound();
  if (context?.state !== "running") return;
  const length = Math.floor(context.sampleRate * 0.012);
  const buffer = context.createBuffer(1, length, context.sampleRate);
  const samples = buffer.getChannelData(0);
  for (let at = 0; at < length; at += 1) samples[at] = (Math.random() * 2 - 1) * (1 - at / length) ** 4 * 0.35;
  const source = context.createBufferSource();
  source.buffer = buffer;
  source.connect(context.destination);
  source.start();
}
