// The microphone, and in plain words why there is none.

import type { Trouble } from "./words";

export interface Device {
  id: string;
  name: string;
}

/** What a page with its own echo in the room needs. */
const CLEAN = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };

/** Where the page stands: whether the browser trusts its address, and whether a frame around it forbids. */
export interface Place {
  secure: boolean;
  able: boolean;
  framed: boolean;
}

interface Policed extends Document {
  /** Not in every browser: https://www.w3.org/TR/permissions-policy/ */
  featurePolicy?: { allowsFeature(name: string): boolean };
}

export function place(): Place {
  const policy = (document as Policed).featurePolicy;
  return {
    secure: window.isSecureContext,
    able: typeof navigator.mediaDevices?.getUserMedia === "function" && typeof AudioWorkletNode === "function",
    framed: window.self !== window.top && policy?.allowsFeature("microphone") === false,
  };
}

/** What the name of a refusal means (https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia). */
export function troubleOf(name: string, { framed }: Place): Trouble {
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return framed ? "framed" : "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "NotReadableError":
    case "AbortError":
      return "inUse";
    default:
      return "unsupported";
  }
}

/** The microphone `id`, or any; or why there is none. */
export async function openMicrophone(id?: string): Promise<MediaStream | Trouble> {
  const here = place();
  if (!here.secure) return "insecure";
  if (!here.able) return "unsupported";
  const named = id === undefined ? {} : { deviceId: { exact: id } };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: { ...CLEAN, ...named } });
  } catch (error) {
    const trouble = troubleOf(error instanceof Error ? error.name : "", here);
    // The one chosen last time may be at home today.
    return trouble === "missing" && id !== undefined ? openMicrophone() : trouble;
  }
}

/** What can be chosen; names are there once the microphone was allowed. */
export async function devices(kind: "audioinput" | "audiooutput"): Promise<Device[]> {
  try {
    const all = await navigator.mediaDevices.enumerateDevices();
    return all
      .filter((device) => device.kind === kind && device.deviceId !== "")
      .map(({ deviceId, label }) => ({ id: deviceId, name: label }));
  } catch {
    return [];
  }
}
