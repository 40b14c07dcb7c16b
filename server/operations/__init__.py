"""How the server is: alive, ready, and what its parts say."""
