// A region of the picture, painted cell by cell: by dragging, or with arrows and space. As text it is rectangles,
// column, row, width, height, more behind semicolons, as the recorder writes them.
export const COLUMNS = 22;
export const ROWS = 18;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function read(text) {
  const cells = new Set();
  for (const part of (text || "").split(";").filter((one) => one.trim())) {
    const [column, row, width, height] = part.split(",").map(Number);
    for (let y = row; y < Math.min(ROWS, row + height); y += 1) {
      for (let x = column; x < Math.min(COLUMNS, column + width); x += 1) cells.add(y * COLUMNS + x);
    }
  }
  return cells;
}

// As rows make the fewest rectangles: runs of a row, each joined to the same run of the row above.
export function write(cells) {
  const found = [];
  for (let row = 0; row < ROWS; row += 1) {
    for (let column = 0; column < COLUMNS; column += 1) {
      if (!cells.has(row * COLUMNS + column)) continue;
      let width = 1;
      while (column + width < COLUMNS && cells.has(row * COLUMNS + column + width)) width += 1;
      const above = found.find((one) => one[0] === column && one[2] === width && one[1] + one[3] === row);
      if (above) above[3] += 1;
      else found.push([column, row, width, 1]);
      column += width;
    }
  }
  return found.map((one) => one.join(",")).join(";");
}

export class Region {
  // `changed` is told after every change by hand; `picture` is the address of what lies behind, if anything.
  constructor(text, changed = () => {}, picture = "") {
    this.cells = read(text);
    this.changed = changed;
    this.cursor = [0, 0];
    this.anchor = null;
    this.node = document.createElement("div");
    this.node.className = "region";
    this.node.tabIndex = 0;
    this.node.setAttribute("role", "application");
    this.node.setAttribute("aria-label", "Region: drag to set or clear cells; or arrows, and space to begin and to end");
    if (picture) {
      const behind = document.createElement("img");
      behind.alt = "";
      behind.src = picture;
      behind.onerror = () => behind.remove();
      this.node.append(behind);
    }
    this.canvas = document.createElement("canvas");
    [this.canvas.width, this.canvas.height] = [COLUMNS * 32, ROWS * 24];
    this.node.append(this.canvas);
    this.node.onpointerdown = (event) => {
      if (this.disabled) return;
      this.node.setPointerCapture(event.pointerId);
      this.anchor = this.cursor = this.at(event);
      this.draw();
      event.preventDefault();
      this.node.focus();
    };
    this.node.onpointermove = (event) => {
      if (!this.anchor || !event.buttons) return;
      this.cursor = this.at(event);
      this.draw();
    };
    this.node.onpointerup = () => { if (this.anchor) this.apply(); };
    this.node.onpointercancel = this.node.onblur = () => { this.anchor = null; this.draw(); };
    this.node.onfocus = () => this.draw();
    this.node.onkeydown = (event) => this.key(event);
    this.draw();
  }

  get() {
    return write(this.cells);
  }

  set(text) {
    this.cells = read(text);
    this.draw();
  }

  at(event) {
    const box = this.node.getBoundingClientRect();
    const place = (value, most) => Math.min(most - 1, Math.max(0, Math.floor(value * most)));
    return [place((event.clientX - box.left) / box.width, COLUMNS), place((event.clientY - box.top) / box.height, ROWS)];
  }

  key(event) {
    const way = ARROWS[event.key];
    if (way) {
      this.cursor = [Math.min(COLUMNS - 1, Math.max(0, this.cursor[0] + way[0])),
        Math.min(ROWS - 1, Math.max(0, this.cursor[1] + way[1]))];
    } else if (event.key === " " && !this.disabled) {
      if (this.anchor) this.apply();
      else this.anchor = this.cursor;
    } else if (event.key === "Escape" && this.anchor) this.anchor = null;
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.draw();
  }

  chosen() {
    const from = this.anchor ?? this.cursor;
    const [left, top] = [Math.min(from[0], this.cursor[0]), Math.min(from[1], this.cursor[1])];
    return [left, top, Math.abs(from[0] - this.cursor[0]) + 1, Math.abs(from[1] - this.cursor[1]) + 1];
  }

  // What the first cell becomes, all become.
  apply() {
    const clear = this.cells.has(this.anchor[1] * COLUMNS + this.anchor[0]);
    const before = this.get();
    for (const cell of read(this.chosen().join(","))) {
      if (clear) this.cells.delete(cell);
      else this.cells.add(cell);
    }
    this.anchor = null;
    this.draw();
    if (this.get() !== before) this.changed(this.get());
  }

  draw() {
    const { canvas } = this;
    const pen = canvas.getContext("2d");
    const [wide, high] = [canvas.width / COLUMNS, canvas.height / ROWS];
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.fillStyle = "#ffb54755";
    for (const cell of this.cells) pen.fillRect((cell % COLUMNS) * wide, Math.floor(cell / COLUMNS) * high, wide, high);
    pen.strokeStyle = "#ffffff2e";
    pen.lineWidth = 1;
    pen.beginPath();
    for (let column = 1; column < COLUMNS; column += 1) { pen.moveTo(column * wide, 0); pen.lineTo(column * wide, canvas.height); }
    for (let row = 1; row < ROWS; row += 1) { pen.moveTo(0, row * high); pen.lineTo(canvas.width, row * high); }
    pen.stroke();
    pen.strokeStyle = "#ffb547";
    pen.lineWidth = 2;
    pen.beginPath();
    for (const cell of this.cells) this.edges(pen, cell % COLUMNS, Math.floor(cell / COLUMNS), wide, high);
    pen.stroke();
    if (!this.anchor && document.activeElement !== this.node) return;
    const [left, top, width, height] = this.chosen();
    if (this.anchor) { pen.fillStyle = "#ffb54744"; pen.fillRect(left * wide, top * high, width * wide, height * high); }
    pen.lineWidth = 3;
    pen.strokeRect(left * wide + 1, top * high + 1, width * wide - 2, height * high - 2);
  }

  edges(pen, column, row, wide, high) {
    const there = (x, y) => x >= 0 && x < COLUMNS && y >= 0 && y < ROWS && this.cells.has(y * COLUMNS + x);
    const [x, y] = [column * wide, row * high];
    const line = (a, b, c, d) => { pen.moveTo(a, b); pen.lineTo(c, d); };
    if (!there(column - 1, row)) line(x + 1, y, x + 1, y + high);
    if (!there(column + 1, row)) line(x + wide - 1, y, x + wide - 1, y + high);
    if (!there(column, row - 1)) line(x, y + 1, x + wide, y + 1);
    if (!there(column, row + 1)) line(x, y + high - 1, x + wide, y + high - 1);
  }
}
