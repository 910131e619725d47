// A question that is answered by typing: what loses data names its disk, and passwords are given here.
import { make } from "./form.js";

// `fields` are { name, label, secret, choices, longest }. `act` gets what was typed; what it raises is shown, and asked again.
export function typed({ title, words, which = "", fields, verb, danger = false }, act) {
  const controls = fields.map((field) => control(field));
  const problem = make("p", { className: "error" });
  problem.setAttribute("role", "alert");
  const go = make("button", { type: "submit", className: danger ? "danger" : "", textContent: verb });
  const cancel = make("button", { type: "button", className: "plain", textContent: "Cancel" });
  const form = make("form", { className: "card", method: "dialog", autocomplete: "off", noValidate: true }, make("h2", { textContent: title }),
    make("p", { className: danger ? "error" : "quiet", textContent: words }),
    ...which ? [make("p", {}, make("b", { textContent: which }))] : [],
    ...fields.map((field, at) => make("label", { className: "field" }, make("span", { className: "title", textContent: field.label }), controls[at])),
    problem, make("div", { className: "deeds" }, go, cancel));
  const dialog = make("dialog", { className: "small typed" }, form);
  cancel.onclick = () => dialog.close();
  dialog.onclose = () => dialog.remove();
  form.onsubmit = async (event) => {
    event.preventDefault();
    go.disabled = true;
    try {
      await act(Object.fromEntries(fields.map((field, at) => [field.name, controls[at].value.trim()])));
      dialog.close();
    } catch (error) {
      problem.textContent = error.message;
      controls[0].focus();
      controls[0].select?.();
    }
    go.disabled = false;
  };
  document.body.append(dialog);
  dialog.showModal();
  controls[0].focus();
}

function control({ name, secret = false, choices = null, longest = 128 }) {
  if (choices) return make("select", { name }, ...Object.entries(choices).map(([value, textContent]) => make("option", { value, textContent })));
  const node = make("input", { name, type: secret ? "password" : "text", maxLength: longest, spellcheck: false });
  node.autocomplete = secret ? "new-password" : "off";
  return node;
}
