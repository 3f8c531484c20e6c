"""How fast it is and how much memory it takes, beside others: `make bench`."""
