"""A voice session: the engine's `VoicePort` over AgentSession, and the links its sound comes by."""
