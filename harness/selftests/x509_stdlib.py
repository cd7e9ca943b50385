"""What the running interpreter's own ssl says of a chain: a handshake in memory, and its verify code.

For differential selftests only. The server side is the stdlib's as well, with security level 0, so that it presents
whatever it can load; the side under question has the settings asked for.
"""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

from selftests import x509_forge as forge


def handshake(
    folder: Path,
    chain: tuple[bytes, ...],
    private: forge.PrivateKey,
    anchors: tuple[bytes, ...],
    *,
    crls: tuple[bytes, ...] = (),
    flags: int = 0x8000,
    hostname: str | None = None,
    level: int = 2,
    client: bool = False,
    check_common_name: bool = True,
) -> tuple[int, dict[str, Any] | None]:
    """(verify code, 0 if accepted; getpeercert() if accepted). client: the chain is a client's, judged by a server."""
    credential = folder / "credential.pem"
    credential.write_text("".join(map(forge.pem, chain)) + forge.private_pem(private))
    presenting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT if client else ssl.PROTOCOL_TLS_SERVER)
    presenting.set_ciphers("ALL:@SECLEVEL=0")
    presenting.load_cert_chain(credential)
    judging = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if client else ssl.PROTOCOL_TLS_CLIENT)
    judging.set_ciphers(f"DEFAULT:@SECLEVEL={level}")
    if client:
        presenting.check_hostname = False
        presenting.verify_mode = ssl.CERT_NONE
        own = folder / "own.pem"
        own.write_text(forge.pem(_own_certificate()) + forge.private_pem(forge.key("own")))
        judging.load_cert_chain(own)
    else:
        judging.check_hostname = hostname is not None
        judging.hostname_checks_common_name = check_common_name
    judging.verify_mode = ssl.CERT_REQUIRED
    if anchors or crls:
        bundle = folder / "anchors.pem"
        bundle.write_text("".join(map(forge.pem, anchors)) + "".join(forge.pem(crl, "X509 CRL") for crl in crls))
        judging.load_verify_locations(bundle)
    judging.verify_flags = ssl.VerifyFlags(flags)
    first, second = ssl.MemoryBIO(), ssl.MemoryBIO()
    judge = judging.wrap_bio(first, second, server_side=client, server_hostname=hostname)
    presenter = presenting.wrap_bio(second, first, server_side=not client)
    try:
        _shake_hands(judge, presenter)
    except ssl.SSLCertVerificationError as refused:
        return refused.verify_code, None
    return 0, judge.getpeercert()


def accepts(folder: Path, context: ssl.SSLContext, chain: tuple[bytes, ...], private: forge.PrivateKey) -> bool:
    """Whether a client context of the stdlib takes this chain."""
    credential = folder / "credential.pem"
    credential.write_text("".join(map(forge.pem, chain)) + forge.private_pem(private))
    presenting = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    presenting.load_cert_chain(credential)
    first, second = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        _shake_hands(context.wrap_bio(first, second), presenting.wrap_bio(second, first, server_side=True))
    except ssl.SSLCertVerificationError:
        return False
    return True


def _own_certificate() -> bytes:
    return forge.certificate(forge.name("own"), forge.key("own"), forge.name("own"), forge.key("own"))


def _shake_hands(judge: ssl.SSLObject, presenter: ssl.SSLObject) -> None:
    done = set()
    for _ in range(10):
        for side in (judge, presenter):
            if side in done:
                continue
            try:
                side.do_handshake()
                done.add(side)
            except ssl.SSLWantReadError:
                continue
        if judge in done:
            return
    raise AssertionError("the handshake stands still")
