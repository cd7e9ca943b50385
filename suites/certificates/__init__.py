"""Verification of certificate chains, by clients and by servers: trust, dates, purposes, constraints, flags, CRLs.

Names of hosts are in ``hostnames``, what a server asks of clients in ``client_auth``, what a certificate says once
it is accepted in ``peercert``.
"""
