"""Who owns the descriptor: wrapping, detaching, closing and failing; and the options of wrap_socket()."""
