"""Workers of xdist on other hosts: what is sent to them, and how they make it their own."""
