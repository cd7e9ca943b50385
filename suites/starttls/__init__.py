"""TLS on a connection that has carried plain text before, and plain text on one that has carried TLS."""
