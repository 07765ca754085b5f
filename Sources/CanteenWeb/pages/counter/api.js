// Calls to the server. What it refuses is a problem document (RFC 9457); no answer is `Offline`.

/** Nobody answered: the line is down, or the server is. */
export class Offline extends Error {}

/** The server's refusal, with its code and its sentence for people. */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail ?? body.title ?? String(status));
    this.status = status;
    this.code = body.code ?? "";
    this.body = body;
  }
}

const patience = 5000;
let csrf = "";

export function trust(token) {
  csrf = token ?? "";
}

/** @param more further headers, such as the tag of what is on the device already. */
export async function call(method, path, body, more = {}) {
  const headers = { Accept: "application/json", ...more };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET") headers["X-CSRF-Token"] = csrf;
  let response;
  let text;
  try {
    response = await fetch(`/api/v1${path}`, {
      method, headers, body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(patience),
    });
    text = await response.text();
  } catch {
    throw new Offline();
  }
  // A proxy before a server that is down says so in the server's place.
  if ([502, 503, 504].includes(response.status)) throw new Offline();
  let answer = {};
  try {
    answer = text ? JSON.parse(text) : {};
  } catch {
    throw new Offline();
  }
  if (response.ok || response.status === 304) {
    return { status: response.status, body: answer, tag: response.headers.get("ETag") };
  }
  throw new Problem(response.status, answer);
}

/** Goes with what the page asks by itself: it keeps no session awake. */
export const background = { "X-Background": "true" };

export const get = async (path, more) => (await call("GET", path, undefined, more)).body;
export const post = (path, body, more) => call("POST", path, body ?? {}, more);
