"""How a connection ends: close_notify, unwrap(), and what may still be read and written after each."""
