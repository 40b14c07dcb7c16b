"""Speed and memory, beside the peers: ``make bench``. Not collected by pytest."""
