"""Speech and language models, over the vendors' own SDKs: one file a provider, one contract a family."""
