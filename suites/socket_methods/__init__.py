"""Every method and attribute of SSLSocket that the documentation names: what it gives, takes and refuses."""
