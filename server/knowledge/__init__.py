"""Knowledge: what agents may answer from. Documents, addresses and questions, cut up and found again."""
