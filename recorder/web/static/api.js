// Asking the API: one function, and an error that carries the recorder's words.

export class Refusal extends Error {
  constructor(told, status = 0) {
    super(told.words || "The recorder does not answer.");
    this.status = status;
    this.code = told.code;
    this.field = told.field;
  }
}

export async function ask(method, path, body, extra = {}) {
  // No form of another site can send this header: it shows that the request is ours.
  const headers = { "X-Nightjar": "1", ...extra };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(`/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
  } catch {
    throw new Refusal({});
  }
  const text = await answer.text();
  let found = null;
  try { found = text ? JSON.parse(text) : null; } catch { found = null; }
  if (!answer.ok) throw new Refusal(found || {}, answer.status);
  return found;
}
