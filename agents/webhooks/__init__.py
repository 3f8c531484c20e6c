"""Webhooks: what is sent (pure, one file a form), what follows an attempt (pure), and the attempt itself."""
