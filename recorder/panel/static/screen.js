// The monitor: the recorder's picture as it changes, and mouse and keyboard given to it.
const NAMES = {
  ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right", Enter: "ok", Escape: "back", ContextMenu: "menu",
  F10: "menu", Backspace: "backspace", Delete: "delete", Home: "home", End: "end", PageUp: "page_up", PageDown: "page_down",
  " ": "space",
};

export class Screen {
  constructor(canvas, noSignal, send) {
    this.canvas = canvas;
    this.noSignal = noSignal;
    this.send = send;
    this.brush = canvas.getContext("2d", { alpha: false });
    this.moved = null;
    canvas.addEventListener("pointermove", (event) => this.move(event));
    canvas.addEventListener("pointerdown", (event) => this.press(event));
    canvas.addEventListener("pointerup", (event) => this.button("release", event));
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    canvas.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("visibilitychange", () => this.begin());
    this.light(false);
  }

  begin() {
    if (!document.hidden) this.send({ do: "picture" });
  }

  light(on) {
    this.noSignal.hidden = on;
    this.canvas.classList.toggle("dark", !on);
  }

  async draw(jpeg) {
    const picture = await createImageBitmap(new Blob([jpeg], { type: "image/jpeg" }));
    if (this.canvas.width !== picture.width || this.canvas.height !== picture.height) {
      this.canvas.width = picture.width;
      this.canvas.height = picture.height;
    }
    this.brush.drawImage(picture, 0, 0);
    picture.close();
    this.canvas.dataset.drawn = Number(this.canvas.dataset.drawn || 0) + 1;
    this.begin();
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return {
      x: Math.floor(((event.clientX - box.left) * this.canvas.width) / box.width),
      y: Math.floor(((event.clientY - box.top) * this.canvas.height) / box.height),
    };
  }

  give(...events) {
    this.send({ do: "input", events });
  }

  move(event) {
    // One move a frame is as many as anybody sees.
    if (!this.moved) requestAnimationFrame(() => {
      this.give({ kind: "move", ...this.moved });
      this.moved = null;
    });
    this.moved = this.place(event);
  }

  press(event) {
    this.canvas.focus();
    this.canvas.setPointerCapture(event.pointerId);
    this.button("press", event);
  }

  button(kind, event) {
    if (event.button === 0) this.give({ kind, ...this.place(event) });
    else if (event.button === 2 && kind === "press") this.give({ kind: "right", ...this.place(event) });
  }

  wheel(event) {
    event.preventDefault();
    this.give({ kind: "wheel", ...this.place(event), steps: event.deltaY < 0 ? 1 : -1 });
  }

  key(event) {
    if (event.key === "Tab" || event.metaKey || event.altKey) return;
    const name = NAMES[event.key] || (event.key.length === 1 ? event.key : "");
    if (!name) return;
    event.preventDefault();
    this.give({ kind: "key", name, shift: event.shiftKey, ctrl: event.ctrlKey });
  }
}
