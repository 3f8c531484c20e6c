"""What detectors share: one idea a file, each with its own tests."""
