"""Post-handshake authentication (RFC 8446 4.6.2): a TLS 1.3 server asks for the client's certificate under way."""
