"""What people say in a live show, as grammars: one file a language. Written by hand; no line is taken from data."""
