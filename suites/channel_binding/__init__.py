"""Channel binding: bytes that name one connection and no other, the same at both of its ends (RFC 5929)."""
