// A new alarm, told for a moment over whatever is open; of what, each says for himself (receiving.js).
import { make } from "./form.js";

const SHOWN_MS = 12000;
const MOST = 3;
const FRESH_US = 60e6;
const seen = new Set();

// Tell of an event that the recorder told, if it is an alarm that has just begun; `open` leads to the list.
export function tell(told, open) {
  const event = told.data;
  if (event.state !== "new" || event.end_us !== null || told.at_us - event.begin_us > FRESH_US || seen.has(event.id)) return;
  seen.add(event.id);
  const place = document.getElementById("toasts");
  const one = make("button", { type: "button", className: "toast" }, make("strong", { textContent: event.words }),
    make("span", { className: "quiet", textContent: event.title }));
  const gone = () => {
    one.remove();
    if (!place.childElementCount) hide(place);
  };
  one.onclick = () => { gone(); open(); };
  place.append(one);
  while (place.childElementCount > MOST) place.firstElementChild.remove();
  // Shown anew it lies over a dialog that was opened since.
  hide(place);
  place.showPopover();
  setTimeout(gone, SHOWN_MS);
}

function hide(place) {
  if (place.matches(":popover-open")) place.hidePopover();
}
