// The network test: an address, how soon it answers, what is missing, and what to do.
import { ask } from "./api.js";
import { make } from "./form.js";
import { typed } from "./typed.js";

const LEAST_SCALE_MS = 10;

export const network = {
  name: "network",
  title: "Network test",
  asks: ["/network-test"],
  againMs: 500,
  parts([told], dialog) {
    const one = told.newest;
    const running = one?.state === "running";
    const deeds = make("p", { className: "deeds" }, running
      ? dialog.button("test", "Cancel", () => dialog.act("DELETE", "/network-test"))
      : dialog.button("test", "Test an address", () => write(one, dialog), "plain strong"));
    if (told.targets.length && !running) deeds.append(targets(told.targets, dialog));
    const nothing = "Whatever has an address can be tested: a camera, the gateway, this recorder.";
    return [deeds, ...(one ? found(one) : [make("p", { className: "quiet", textContent: nothing })])];
  },
};

function targets(known, dialog) {
  const choices = { "": "Choose…", ...Object.fromEntries(known.map((one, nth) => [nth, `${one.words} · ${one.address}`])) };
  return dialog.choice("target", "or", choices, "", (nth) => nth && dialog.act("POST", "/network-test", { address: known[nth].address }));
}

function write(before, dialog) {
  typed({
    title: "Test an address",
    words: "Without a port it is asked by echo requests (ping), with one by connections to it: 554 for cameras.",
    fields: [{ name: "address", label: "Address or name, such as 192.168.1.50", longest: 2048, value: before?.address ?? "" },
      { name: "port", label: "Port, or nothing", longest: 5, value: before?.port ? String(before.port) : "" }],
    verb: "Test",
  }, async ({ address, port }) => {
    if (port && !/^\d+$/.test(port)) throw new Error(`${port} is no number.`);
    await ask("POST", "/network-test", { address, port: Number(port) });
    dialog.look();
  });
}

function found(one) {
  const head = make("div", { className: "summary" },
    make("p", { className: "quiet", textContent: one.port ? `${one.address}, port ${one.port}` : one.address }),
    make("p", { className: `tone ${one.tone}`, textContent: one.words }));
  const facts = make("dl", {}, ...one.facts.flatMap((fact) => [make("dt", { textContent: fact.name }),
    make("dd", {}, make("span", { className: `tone ${fact.tone}`, textContent: fact.words }))]));
  return [head, ...one.advice.map((textContent) => make("p", { className: "advice", textContent })),
    ...(one.sent ? [bars(one)] : []), ...(one.facts.length ? [make("section", { className: "group" }, facts)] : [])];
}

// A bar for each request: as high as its answer took, red where none came, a line while it is waited for.
function bars(one) {
  const most = Math.max(LEAST_SCALE_MS, ...one.delays_ms);
  const open = one.delays_ms.flatMap((delay, nth) => (delay === null ? [nth] : []));
  const waiting = new Set(open.slice(open.length - one.waiting));
  const all = Array.from({ length: one.count }, (_none, nth) => {
    const delay = one.delays_ms[nth];
    if (typeof delay === "number") return bar("came", Math.max(4, 100 * delay / most), `${delay.toFixed(2)} ms`);
    return nth >= one.delays_ms.length || waiting.has(nth) ? bar("open", 4, "") : bar("missing", 100, "no answer");
  });
  const told = make("div", { className: "answers", ariaLabel: `${one.answered} answers, ${one.missing} missing` }, ...all);
  told.setAttribute("role", "img");
  return told;
}

function bar(state, percent, title) {
  const node = make("i", { className: state, title });
  node.style.height = `${percent}%`;
  return node;
}
