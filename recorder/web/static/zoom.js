// A part of the picture, large: the wheel enlarges about the pointer, dragging moves, a button shows all of it again.
const MOST = 8;
const NOTCH = Math.SQRT2; // two turns of the wheel double, as on the recorder's screen
const ALMOST = 0.01;
const DRAGGED_PX = 4;

export class Zoom {
  // `stage` holds the pictures, `whole` is the button that shows all, `idle` says whether the wheel is free here.
  constructor(stage, pictures, whole, idle) {
    Object.assign(this, { stage, pictures, whole, idle });
    for (const one of pictures) {
      one.addEventListener("wheel", (event) => this.turn(event), { passive: false });
      one.addEventListener("pointerdown", (event) => this.hold(event));
      one.addEventListener("pointermove", (event) => this.move(event));
      one.addEventListener("click", (event) => { if (this.dragged) event.stopImmediatePropagation(); }, true);
      one.draggable = false;
    }
    whole.onclick = () => this.reset();
    this.reset();
  }

  reset() {
    Object.assign(this, { times: 1, left: 0, top: 0, held: null, dragged: false });
    this.show();
  }

  // The point under the pointer stays where it is.
  turn(event) {
    if (!this.idle() || (this.times === 1 && event.deltaY > 0)) return; // the page scrolls
    event.preventDefault();
    const box = this.stage.getBoundingClientRect();
    const times = Math.min(MOST, Math.max(1, this.times * (event.deltaY < 0 ? NOTCH : 1 / NOTCH)));
    const gained = 1 / this.times - 1 / times;
    this.left += ((event.clientX - box.left) / box.width) * gained;
    this.top += ((event.clientY - box.top) / box.height) * gained;
    this.times = times < 1 + ALMOST ? 1 : times;
    this.show();
  }

  hold(event) {
    this.dragged = false;
    if (this.times === 1 || event.button !== 0) return;
    this.held = [event.clientX, event.clientY];
    event.target.setPointerCapture(event.pointerId);
  }

  move(event) {
    if (!this.held || !event.buttons) return;
    const [x, y] = this.held;
    if (!this.dragged && Math.hypot(event.clientX - x, event.clientY - y) < DRAGGED_PX) return;
    this.dragged = true;
    this.held = [event.clientX, event.clientY];
    this.left -= (event.clientX - x) / this.stage.clientWidth / this.times;
    this.top -= (event.clientY - y) / this.stage.clientHeight / this.times;
    this.show();
  }

  show() {
    const most = 1 - 1 / this.times;
    this.left = Math.min(most, Math.max(0, this.left));
    this.top = Math.min(most, Math.max(0, this.top));
    for (const { style } of this.pictures) {
      style.transform = `scale(${this.times}) translate(${-100 * this.left}%, ${-100 * this.top}%)`;
    }
    this.whole.hidden = this.times === 1;
  }
}
