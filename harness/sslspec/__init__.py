"""sslspec: an executable specification of Python's ssl surface."""

__version__ = "0.1.0"
