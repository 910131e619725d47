// A question that is answered by typing: what loses data names its disk, and passwords are given here.
import { busy, make } from "./form.js";

// `fields` are { name, label, secret, choices, longest, value, beside }; `beside` puts a control beside its label.
// `lines` are shown as a list above them. `act` gets what was typed; what it raises is shown, and asked again. `live` gets it at every change, and gives words for it.
export function typed({ title, words, which = "", lines = [], fields, verb, danger = false, wide = false, live = null }, act) {
  const controls = fields.map((field) => control(field));
  const told = make("p", { className: "live" });
  const values = () => Object.fromEntries(fields.map((field, at) => [field.name, controls[at].value.trim()]));
  let asked = 0;
  const tell = async () => {
    const mine = asked += 1;
    const said = await live(values()).catch((error) => error.message);
    if (mine === asked) told.textContent = said;
  };
  const problem = make("p", { className: "error" });
  problem.setAttribute("role", "alert");
  const go = make("button", { type: "submit", className: danger ? "danger" : "", textContent: verb });
  const cancel = make("button", { type: "button", className: "plain", textContent: "Cancel" });
  const form = make("form", { className: "card", method: "dialog", autocomplete: "off", noValidate: true }, make("h2", { textContent: title }),
    make("p", { className: danger ? "error" : "quiet", textContent: words }),
    ...which ? [make("p", {}, make("b", { textContent: which }))] : [],
    ...lines.length ? [make("ul", { className: "told" }, ...lines.map((textContent) => make("li", { textContent })))] : [],
    ...fields.map((field, at) => make("label", { className: field.beside ? "field beside" : "field" },
      make("span", { className: "title", textContent: field.label }), controls[at])),
    ...live ? [told] : [], problem, make("div", { className: "deeds" }, go, cancel));
  const dialog = make("dialog", { className: `small ${wide ? "wide " : ""}typed` }, form);
  cancel.onclick = () => dialog.close();
  dialog.onclose = () => dialog.remove();
  const send = async () => {
    try {
      await act(values());
      dialog.close();
    } catch (error) {
      problem.textContent = error.message;
      controls[0].focus();
      controls[0].select?.();
    }
  };
  form.onsubmit = (event) => { event.preventDefault(); busy(go, send); };
  if (live) {
    form.oninput = tell;
    tell();
  }
  document.body.append(dialog);
  dialog.showModal();
  controls[0].focus();
}

function control({ name, secret = false, choices = null, longest = 128, value = "" }) {
  if (choices) return make("select", { name }, ...Object.entries(choices).map(([one, textContent]) => make("option", { value: one, textContent, selected: one === value })));
  const node = make("input", { name, type: secret ? "password" : "text", maxLength: longest, spellcheck: false, value });
  node.autocomplete = secret ? "new-password" : "off";
  return node;
}
