"""Language models: generated speech, structured answers and function calls, over the vendors' SDKs."""
