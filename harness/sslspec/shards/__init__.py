"""A run cut into parts for several machines, and put together again: where to cut, by which durations, and merging."""
