"""The module's functions: certificates between PEM and DER, times, randomness, paths, and fetching a certificate."""
