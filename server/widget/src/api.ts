// The one HTTP request the widget makes after its script: a session, new or resumed.

import { fields, string, type Fields } from "./protocol";

export interface Identity {
  agentId: string;
  visitorId: string;
  sessionId: string | undefined;
  resumeSecret: string | undefined;
}

export interface Grant {
  sessionId: string;
  token: string;
  resumeSecret: string | undefined;
  agentName: string | undefined;
  locale: string | undefined;
  /** The owner's settings, unread. */
  settings: Fields;
  /** Absolute address of the socket. */
  socket: string;
}

export type Answer =
  | { type: "granted"; grant: Grant }
  | { type: "refused"; status: number; code: string; message: string; retryAfterMs: number | undefined }
  | { type: "unreachable" };

const SESSIONS = "/api/v1/widget/sessions";
const SOCKET = "/api/v1/widget/socket";
const PATIENCE_MS = 20_000;

/** Asks for a session; `signal` gives up on it. Never throws: what went wrong is in the answer. */
export async function requestSession(origin: string, who: Identity, signal: AbortSignal): Promise<Answer> {
  const limit = new AbortController();
  const stop = (): void => limit.abort();
  const timer = setTimeout(stop, PATIENCE_MS);
  signal.addEventListener("abort", stop);
  try {
    const response = await fetch(origin + SESSIONS, {
      method: "POST",
      mode: "cors",
      credentials: "omit",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        agent_id: who.agentId,
        visitor_id: who.visitorId,
        session_id: who.sessionId,
        session_secret: who.resumeSecret,
      }),
      signal: limit.signal,
    });
    const body = fields(await response.json().catch(() => undefined));
    return response.ok ? granted(origin, body) : refused(response, body);
  } catch {
    return { type: "unreachable" };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

function granted(origin: string, body: Fields): Answer {
  const [sessionId, token] = [string(body["session_id"]), string(body["token"])];
  if (sessionId === undefined || token === undefined) return { type: "unreachable" };
  const agent = fields(body["agent"]);
  const socket = new URL(string(body["socket"]) ?? SOCKET, origin);
  socket.protocol = socket.protocol.replace("http", "ws");
  return {
    type: "granted",
    grant: {
      sessionId,
      token,
      resumeSecret: string(body["resume_secret"]),
      agentName: string(agent["name"]),
      locale: string(agent["locale"]),
      settings: fields(body["widget"]),
      socket: socket.href,
    },
  };
}

function refused(response: Response, body: Fields): Answer {
  const error = fields(body["error"]);
  const seconds = Number(response.headers.get("Retry-After") ?? NaN);
  return {
    type: "refused",
    status: response.status,
    code: string(error["code"]) ?? "",
    message: string(error["message"]) ?? "",
    retryAfterMs: seconds > 0 ? Math.min(seconds, 300) * 1000 : undefined,
  };
}
