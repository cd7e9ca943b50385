"""SSLObject beside SSLSocket: what the reduced class has, what it lacks, and its life as a Python object."""
