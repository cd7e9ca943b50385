"""Whose certificate it is: what a client asks for with server_hostname, and which names of a certificate answer that.

What goes onto the wire of it is in ``sni``.
"""
