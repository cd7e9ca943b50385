"""A run cut into parts for several machines: where to cut, by which durations, and a session that keeps to its part."""
