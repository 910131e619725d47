// The USB port at the front: sticks of the pocket, with files that are put on them here and read again after an export.
import { element, handle } from "../parts.js";

const address = (port, label, file) => `sticks/${[port, label, ...file.split("/")].map(encodeURIComponent).join("/")}`;
const count = (files) => (files.length === 1 ? "1 file" : `${files.length} files`);
const size = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

export function make(device, hand) {
  const socket = element("button", { class: "usb" }, element("i", { class: "tongue" }), element("i", { class: "stick" }));
  const files = element("input", { type: "file", class: "chooser files", multiple: "", tabindex: "-1", "aria-label": "Files for a stick" });
  const folder = element("input", { type: "file", class: "chooser folder", webkitdirectory: "", tabindex: "-1", "aria-label": "A folder for a stick" });
  const contents = element("dialog", { class: "contents" });
  let now = device;
  const sticks = async () => (await hand.gesture(device, "sticks"))?.result ?? [];

  const look = async () => {
    const found = (await sticks()).find((one) => one.label === now.label);
    const close = element("button", { text: "Close" });
    close.addEventListener("click", () => contents.close());
    contents.replaceChildren(
      element("h2", { text: `On ${now.label}` }),
      ...(found?.files ?? []).map((one) => element("p", {},
        element("a", { href: address(device.name, now.label, one.name), download: "", text: one.name }),
        element("span", { text: size(one.bytes) }))),
      ...(found?.files.length ? [] : [element("p", { text: "It is empty." })]),
      close,
    );
    contents.showModal();
  };

  // A fresh stick is filled while it lies in the pocket, then pushed in.
  const fill = (chooser) => async () => {
    const chosen = [...chooser.files];
    chooser.value = "";
    if (!chosen.length) return;
    const taken = (await sticks()).map((one) => one.label);
    let number = 1;
    while (taken.includes(`STICK-${number}`)) number += 1;
    for (const file of chosen) {
      const name = file.webkitRelativePath ? file.webkitRelativePath.split("/").slice(1).join("/") : file.name;
      const answer = await fetch(address(device.name, `STICK-${number}`, name), { method: "PUT", body: file });
      if (!answer.ok) return hand.say(await answer.text());
    }
    await hand.gesture(device, "insert", { label: `STICK-${number}` });
  };
  files.addEventListener("change", fill(files));
  folder.addEventListener("change", fill(folder));

  const menu = handle(socket, async () => {
    if (now.occupied) {
      return [[`Pull ${now.label}`, () => hand.gesture(device, "pull")], ["See what is on it", look]];
    }
    const pocket = (await sticks()).filter((one) => !one.port);
    return [
      ...pocket.map((one) => [`Push in ${one.label} (${count(one.files)})`, () => hand.gesture(device, "insert", { label: one.label })]),
      ["Push in a new stick", () => hand.gesture(device, "insert")],
      ["Push in a stick with files …", () => files.click()],
      ["Push in a stick with a folder …", () => folder.click()],
    ];
  });
  const root = element("div", { class: "usb-port" }, socket, element("b", { text: device.name }), menu, files, folder, contents);
  return {
    slot: "usb",
    root,
    show(state) {
      now = state;
      root.classList.toggle("plugged", state.occupied);
      socket.lastElementChild.textContent = state.label;
      socket.title = `${state.name}: ${state.occupied ? `${state.label}, ${(state.free_bytes / 1e9).toFixed(1)} GB free` : "empty"}`;
      socket.setAttribute("aria-label", socket.title);
    },
  };
}
