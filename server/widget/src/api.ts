// The HTTP requests the widget makes after its script: a session, new or resumed; and a line to speak over.

import { fields, string, type Fields } from "./protocol";
import type { VoiceGrant } from "./voice/transport";

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

export type VoiceAnswer =
  | { type: "granted"; grant: VoiceGrant }
  | { type: "refused"; status: number }
  | { type: "unreachable" };

const SESSIONS = "/api/v1/widget/sessions";
const SOCKET = "/api/v1/widget/socket";
const PATIENCE_MS = 20_000;

/** Asks for a session; `signal` gives up on it. Never throws: what went wrong is in the answer. */
export async function requestSession(origin: string, who: Identity, signal: AbortSignal): Promise<Answer> {
  const asked = {
    agent_id: who.agentId,
    visitor_id: who.visitorId,
    session_id: who.sessionId,
    session_secret: who.resumeSecret,
  };
  const answer = await post(origin + SESSIONS, {}, asked, signal);
  if (answer === undefined) return { type: "unreachable" };
  return answer.response.ok ? granted(origin, answer.body) : refused(answer.response, answer.body);
}

/** Asks for a line into the session that `grant` is for; with `media`, for the audio socket and nothing else. */
export async function requestVoice(origin: string, grant: Grant, media: boolean, signal: AbortSignal): Promise<VoiceAnswer> {
  const address = `${origin + SESSIONS}/${encodeURIComponent(grant.sessionId)}/voice`;
  const bearer = { Authorization: `Bearer ${grant.token}` };
  const answer = await post(address, bearer, media ? { way: "media" } : {}, signal);
  if (answer === undefined) return { type: "unreachable" };
  const { response, body } = answer;
  if (!response.ok) return { type: "refused", status: response.status };
  const [url, token] = [string(body["url"]), string(body["token"])];
  if (url === undefined || token === undefined) return { type: "unreachable" };
  const way = body["way"] === "livekit" ? "livekit" : "media";
  return { type: "granted", grant: { way, url: socketAddress(url, origin), token } };
}

interface Posted {
  response: Response;
  body: Fields;
}

/** The answer, or undefined when there was none. */
async function post(address: string, headers: Record<string, string>, body: unknown, signal: AbortSignal): Promise<Posted | undefined> {
  const limit = new AbortController();
  const stop = (): void => limit.abort();
  const timer = setTimeout(stop, PATIENCE_MS);
  signal.addEventListener("abort", stop);
  try {
    const response = await fetch(address, {
      method: "POST",
      mode: "cors",
      credentials: "omit",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
      signal: limit.signal,
    });
    return { response, body: fields(await response.json().catch(() => undefined)) };
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

function socketAddress(address: string, origin: string): string {
  const socket = new URL(address, origin);
  socket.protocol = socket.protocol.replace("http", "ws");
  return socket.href;
}

function granted(origin: string, body: Fields): Answer {
  const [sessionId, token] = [string(body["session_id"]), string(body["token"])];
  if (sessionId === undefined || token === undefined) return { type: "unreachable" };
  const agent = fields(body["agent"]);
  return {
    type: "granted",
    grant: {
      sessionId,
      token,
      resumeSecret: string(body["resume_secret"]),
      agentName: string(agent["name"]),
      locale: string(agent["locale"]),
      // Whether one can talk aloud is the server's to know, not only the owner's to wish.
      settings: { ...fields(body["widget"]), voice: body["voice"] },
      socket: socketAddress(string(body["socket"]) ?? SOCKET, origin),
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
