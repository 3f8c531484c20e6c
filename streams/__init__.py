"""What flows through Claquewatch and what it means: pure decisions, no clock, no network."""
