"""The proving ground: what the detectors are worth on evenings whose truth is known, beside the simplest rules."""
