"""How people prove who they are: second factors, step-up, sessions, lock-out, dormant accounts."""
