"""Server Name Indication (RFC 6066 3): what the client sends, what the callback is told, and what it may answer."""
