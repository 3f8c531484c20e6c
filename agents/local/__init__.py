"""What runs on this machine and nowhere else: a real Kafka broker without Docker, Java or root, and child processes."""
