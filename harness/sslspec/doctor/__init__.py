"""Whether an implementation can be tested here: asked in a child of its own, since loading it may do anything."""
