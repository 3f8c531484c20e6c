"""The demo: a broker, a worker and a receiver of webhooks on this machine, a simulated evening, alerts as they come."""
