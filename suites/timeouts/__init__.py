"""SSL sockets with a time-out: which calls it ends, with what, and that it is the time of the whole call."""
