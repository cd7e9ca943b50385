"""VerifyFlags and, where ssl has no name for them, OpenSSL's X509_V_FLAG_*: which ask for more, and which for less.

What a flag does is said where it is obeyed; here stands only how two sets of them compare.
"""

from __future__ import annotations

USE_CHECK_TIME = 0x2
CRL_CHECK = 0x4
CRL_CHECK_ALL = 0x8
IGNORE_CRITICAL = 0x10
X509_STRICT = 0x20
ALLOW_PROXY_CERTS = 0x40
EXPLICIT_POLICY = 0x100
POLICY_FLAGS = 0x780  # POLICY_CHECK, which the others bring along: EXPLICIT_POLICY, INHIBIT_ANY and INHIBIT_MAP
EXTENDED_CRL_SUPPORT = 0x1000
USE_DELTAS = 0x2000
CHECK_SS_SIGNATURE = 0x4000
TRUSTED_FIRST = 0x8000
# The level of 128 bits with P-256 alone, and that of 192; both together are the level of 128 bits, with either curve.
SUITE_B_128_ONLY = 0x10000
SUITE_B_192 = 0x20000
SUITE_B = SUITE_B_128_ONLY | SUITE_B_192
PARTIAL_CHAIN = 0x80000
NO_CHECK_TIME = 0x200000
OCSP_RESP_CHECK = 0x400000

# Whoever sets one of these has more paths accepted ...
_LENIENT = IGNORE_CRITICAL | ALLOW_PROXY_CERTS | PARTIAL_CHAIN | NO_CHECK_TIME
# ... and whoever sets one of these, fewer. Of all others that is not said.
_STRICT = CRL_CHECK | CRL_CHECK_ALL | X509_STRICT | POLICY_FLAGS | CHECK_SS_SIGNATURE | OCSP_RESP_CHECK


def imply(flags: int, others: int) -> bool:
    """Whether a path that was accepted under `flags` would be under `others` too. In doubt it would not."""
    more, less = others & ~flags, flags & ~others
    return not more & ~_LENIENT and not less & ~_STRICT


def both(first: int, second: int) -> int:
    """Flags under which a path is accepted that both sets accept. In doubt the first decides."""
    strict = (first | second) & _STRICT
    suite_b = first & SUITE_B or second & SUITE_B
    return strict | first & second & _LENIENT | suite_b | first & ~(_STRICT | _LENIENT | SUITE_B)
