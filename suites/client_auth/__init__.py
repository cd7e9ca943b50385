"""Client certificates: what a server asks for, what a client sends, and what each side is told when that fails."""
