"""MemoryBIO, the buffer between an SSLObject and whoever carries its bytes: reading, writing, the end of the stream."""
