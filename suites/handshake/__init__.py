"""The handshake: how it goes on and completes, what is known before and after it, and what it does not put up with."""
