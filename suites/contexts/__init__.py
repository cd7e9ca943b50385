"""SSLContext by itself: its defaults, what each setting accepts and refuses, and what it loads."""
