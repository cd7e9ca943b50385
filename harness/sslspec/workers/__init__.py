"""xdist's workers: as their controller sees them, here and on other hosts, and what is sent to those."""
