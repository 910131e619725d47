// A small dialog over what is there: a title, fields, buttons; it stays until it is answered.
import { busy, make } from "./form.js";

// `act(values)` is asked to do it and may refuse with an error, whose words stand in the sheet. Gives what it gave, or
// null where it was called off. `parts` are laid between words and fields; `out` "" leaves no other way than to do it.
export function sheet({ title, words = "", parts = [], fields = [], act, label = "OK", out = "Cancel", wide = false }) {
  const dialog = make("dialog", { className: wide ? "small wide" : "small" });
  const error = make("p", { className: "error" });
  error.setAttribute("role", "alert");
  const enter = make("button", { textContent: label });
  enter.dataset.do = "enter";
  const cancel = make("button", { type: "button", className: "plain", textContent: out, hidden: !out });
  cancel.dataset.do = "cancel";
  const form = make("form", { className: "card" }, make("h2", { textContent: title }),
    words ? make("p", { className: "quiet", textContent: words }) : "", ...parts, ...fields, error,
    make("div", { className: "bar" }, cancel, enter));
  dialog.append(form);
  document.body.append(dialog);
  return new Promise((answer) => {
    let given = null;
    cancel.onclick = () => dialog.close();
    const send = async () => {
      error.textContent = "";
      try {
        given = act ? (await act(Object.fromEntries(new FormData(form)), form)) ?? true : true;
        dialog.close();
      } catch (refused) {
        error.textContent = refused.message;
      }
    };
    form.onsubmit = (event) => { event.preventDefault(); busy(enter, send); };
    dialog.onclose = () => { dialog.remove(); answer(given); };
    if (!out) dialog.addEventListener("cancel", (event) => event.preventDefault());
    dialog.showModal();
  });
}

export function field(name, words, about = {}) {
  const node = make("input", { name, required: true, spellcheck: false, ...about });
  return make("label", {}, words, node);
}

export const secret = (name, words, complete = "current-password") =>
  field(name, words, { type: "password", autocomplete: complete, maxLength: 128 });
