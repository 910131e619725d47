// Asking the API: one function, and an error that carries the recorder's words.

export class Refusal extends Error {
  constructor(told, status = 0) {
    super(told.words || "The recorder does not answer.");
    this.status = status;
    this.code = told.code;
    this.field = told.field;
  }
}

export function ask(method, path, body, extra = {}) {
  const headers = { ...extra };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  return call(method, path, body && JSON.stringify(body), headers);
}

// Put a file of this computer into the recorder.
export const send = (path, file, kind) => call("PUT", path, file, { "Content-Type": kind });

// Ask for a file: its name, and what is in it.
export async function fetched(path, body) {
  const answer = await answered("POST", path, JSON.stringify(body), { "Content-Type": "application/json" });
  const named = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "");
  return { name: named?.[1] ?? "download", blob: await answer.blob() };
}

async function call(method, path, body, extra) {
  return told(await answered(method, path, body, extra));
}

async function answered(method, path, body, extra) {
  // No form of another site can send this header: it shows that the request is ours.
  const headers = { "X-Nightjar": "1", ...extra };
  let answer;
  try {
    answer = await fetch(`/api/v1${path}`, { method, headers, body });
  } catch {
    throw new Refusal({});
  }
  if (!answer.ok) throw new Refusal(await told(answer) || {}, answer.status);
  return answer;
}

async function told(answer) {
  const text = await answer.text();
  try { return text ? JSON.parse(text) : null; } catch { return null; }
}
