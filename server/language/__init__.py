"""Language models of this server, and how talks reach them."""
