"""Several threads: one that reads while another writes, and many that share a context."""
