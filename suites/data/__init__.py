"""Application data: what read() and write() take and give, how it is cut into records, and both directions at once."""
