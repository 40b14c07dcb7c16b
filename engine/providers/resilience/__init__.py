"""Going on when a provider fails: breakers, retries, rate limits, chains of providers, and counting it all."""
