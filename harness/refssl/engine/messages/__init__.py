"""The structs of the handshake, as the RFCs define them, and nothing that acts on them.

Each dataclass is its own wire format: `refssl.engine.presentation` reads and writes it from the field annotations.
"""
