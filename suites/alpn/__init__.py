"""Application-Layer Protocol Negotiation (RFC 7301): who offers what, who chooses, and what both see."""
