// Every sentence about speaking with the agent.

export const VOICE_WORDS = {
  talk: "Talk instead of writing",
  backToCall: "Back to the call",
  placeholder: "Write, or talk…",
  screen: "The call",
  mute: "Switch the microphone off",
  unmute: "Switch the microphone on",
  end: "End the call",
  write: "Write instead",
  hold: "Hold to talk",
  devices: "Microphone and sound",
  microphone: "Microphone",
  speaker: "Loudspeaker",
  device: (place: number) => `Device ${place}`,
  onTheLine: (clock: string) => `on the line, ${clock}`,
  onTheLineWith: (agent: string) => `On the line with ${agent}. Open the conversation`,
  connecting: "connecting…",
  reconnecting: "reconnecting…",
  notConnected: "not connected",

  asking: "Your browser asks for the microphone. Please allow it.",
  calling: "Connecting…",
  back: "The connection was lost. Reconnecting…",
  cutIn: "Cut in whenever you like",
  listening: "We are listening",
  thinking: "One moment…",
  muted: "Your microphone is off",
  holdHint: "Hold the button, or the space bar, to talk",
  held: "Let go when you have finished",
  over: "The call has ended.",
  tryAgain: "Try again",

  trouble: {
    denied: "The microphone is blocked for this page. Allow it beside the page's address, then try again.",
    framed:
      "This page stands inside another one that keeps the microphone to itself. Its owner can write allow=\"microphone; autoplay\" on the frame.",
    missing: "No microphone was found. Connect one and try again, or write instead.",
    insecure: "The browser lends the microphone only to pages whose address begins with https. You can write instead.",
    inUse: "The microphone is in use by another program. Close that one, then try again.",
    unsupported: "This browser cannot carry a call. You can write instead.",
    blocked: "This page did not let the call be loaded. Try again, or write instead.",
    busy: "All our lines are taken right now. Try again in a moment, or write instead.",
    lost: "The connection was lost and did not come back. Nothing you said is lost.",
    refused: "The call could not be opened. You can write instead.",
  },
} as const;

/** Why there is no call. */
export type Trouble = keyof typeof VOICE_WORDS.trouble;
