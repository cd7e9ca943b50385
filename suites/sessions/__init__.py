"""SSLSession and resumption: what a session knows of itself, when it may be handed over, and what resuming gives."""
