"""Makes the weights of the intent model from its corpus: `make intent`."""
