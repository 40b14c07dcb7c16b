"""Speech as the server knows it: how providers are reached, and sound that is prepared before anybody calls."""
