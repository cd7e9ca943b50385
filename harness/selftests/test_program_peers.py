"""The programs as peers: what is understood of what they print, what they cannot, and that nothing of them is left."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sslspec import peers, repro
from sslspec.bench.credentials import Pki
from sslspec.bench.endpoints import Journal
from sslspec.bench.exits import Inapplicable, PeerFailed
from sslspec.bench.pair import Pair, Variant
from sslspec.doctor import diagnosis
from sslspec.implementations.loading import ImplementationError
from sslspec.peers.gnutls import GnutlsPeer
from sslspec.peers.messages import Heard
from sslspec.peers.openssl import OpensslPeer
from sslspec.style import Style

ROLES = [("openssl", "client"), ("openssl", "server"), ("gnutls", "server")]


def make(made_pki: Pki, peer: str, role: str, version: str = "tls13") -> Pair:
    if absent := peers.missing([peer]):
        pytest.skip(absent[0])
    return Pair(ssl, Variant(role, version, "tcp"), peers.factory(peer), made_pki, Journal(ssl))


class TestConnections:
    @pytest.mark.parametrize("version", ["tls12", "tls13"])
    @pytest.mark.parametrize(("peer", "role"), ROLES)
    def test_a_program_shakes_hands_and_talks(self, made_pki: Pki, peer: str, role: str, version: str) -> None:
        pair = make(made_pki, peer, role, version)
        pair.subject_context.set_alpn_protocols(["h2"])
        pair.peer.settings.alpn = ("http/1.1", "h2")
        try:
            pair.shake_hands()
            assert pair.peer.seen.version == pair.subject.version()
            assert pair.peer.seen.alpn == "h2"
            assert (pair.peer.seen.certificate == made_pki.der("server")) is (role == "server")
            pair.greet()
            pair.peer.close_notify()
            assert pair.subject.recv(1) == b""
        finally:
            pair.close()

    @pytest.mark.parametrize(("peer", "role"), [("openssl", "server"), ("gnutls", "server")])
    def test_it_refuses_a_stranger(self, made_pki: Pki, peer: str, role: str) -> None:
        """Negative control: trust and name are its own business."""
        for settings in ({"trust": "other-root"}, {"server_hostname": "elsewhere.example"}):
            pair = make(made_pki, peer, role)
            vars(pair.peer.settings).update(settings)
            with pytest.raises((ssl.SSLError, PeerFailed)):
                pair.shake_hands()
            assert not pair.peer.completes()
            pair.close()

    @pytest.mark.parametrize(("peer", "role"), ROLES)
    def test_it_is_told_why_it_is_refused(self, made_pki: Pki, peer: str, role: str) -> None:
        pair = make(made_pki, peer, role)
        if role == "server":
            pair.subject_context.verify_mode = ssl.CERT_REQUIRED
            pair.subject_context.load_verify_locations(made_pki.authority())
            expected = "certificate_required"
        else:
            pair.peer.settings.certificate, expected = "other-server", "unknown_ca"
        with pytest.raises(ssl.SSLError):
            pair.shake_hands()
        assert pair.peer.alert_seen == expected
        pair.close()

    @pytest.mark.parametrize("role", ["client", "server"])
    def test_openssl_resumes(self, made_pki: Pki, role: str) -> None:
        pair = make(made_pki, "openssl", role)
        pair.shake_hands()
        pair.greet()
        assert not pair.peer.seen.resumed
        second = pair.reconnect(**({} if role == "server" else {"session": pair.subject.session}))
        second.shake_hands()
        assert second.subject.session_reused
        assert second.peer.seen.resumed
        second.greet()
        second.close()
        pair.close()

    @pytest.mark.parametrize(("peer", "role"), ROLES)
    def test_nothing_of_it_is_left(self, made_pki: Pki, peer: str, role: str) -> None:
        pair = make(made_pki, peer, role)
        pair.shake_hands()
        assert isinstance(pair.peer, (OpensslPeer, GnutlsPeer))
        process: Any = pair.peer._program().process
        scratch = pair.peer._program().scratch
        pair.close()
        assert process.returncode is not None
        assert not scratch.exists()


class TestLimits:
    def test_what_a_program_cannot_is_not_judged(self, made_pki: Pki) -> None:
        with pytest.raises(Inapplicable, match="gnutls-serv listens at every address"):
            make(made_pki, "gnutls", "client").wrap()
        pair = make(made_pki, "openssl", "server")
        pair.peer.settings.certificate = "server-intermediate"
        with pytest.raises(Inapplicable, match="is given no chain"):
            pair.wrap()
        pair = make(made_pki, "openssl", "server")
        pair.wrap()
        for verb in (pair.peer.close_transport, pair.peer.stop_reading, pair.peer.update_keys):
            with pytest.raises(Inapplicable, match="the peer openssl"):
                verb()
        pair.close()

    def test_a_program_that_is_missing_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(OpensslPeer, "program", "openssl-that-nobody-has")
        expected = (
            "openssl: the program openssl-that-nobody-has is not installed; install it, or leave out --peer openssl"
        )
        with pytest.raises(ImplementationError, match=expected):
            peers.factory("openssl")
        assert peers.missing(["stdlib", "openssl"]) == [expected]
        assert peers.programs()["openssl"] == expected.removeprefix("openssl: ")

    def test_a_run_without_it_ends_before_it_begins(self, tmp_path: Path) -> None:
        command = [sys.executable, "-m", "sslspec", "run", "ssl", "--peer", "openssl", "-k", "alpn/*"]
        root = Path(__file__).resolve().parents[1]
        done = subprocess.run(
            command, env={"PATH": str(tmp_path), "PYTHONPATH": str(root)}, cwd=tmp_path, capture_output=True, text=True
        )
        assert done.returncode == 11
        assert "openssl: the program openssl is not installed" in done.stdout + done.stderr

    def test_no_script_carries_one(self) -> None:
        with pytest.raises(repro.ReproError, match="no script can carry openssl"):
            repro.script("alpn/negotiation/the_common_protocol_is_selected", "ssl", "openssl")

    def test_the_doctor_tells_of_them(self) -> None:
        text, _ = diagnosis.report([], Style())
        for name, said in peers.programs().items():
            assert f"peer {name}" in text
            assert said in text
        assert ("OpenSSL " in text) or not shutil.which("openssl")


class TestMessages:
    """What is read from messages; here they are as short as can be."""

    def test_a_server_hello_says_version_and_resumption(self) -> None:
        heard = Heard()
        hello = bytes.fromhex("0303") + bytes(32) + b"\0" + bytes.fromhex("130100")
        heard.message(b"\2\0\0\0" + hello + bytes.fromhex("0006002b00020304"), sent=True)
        assert (heard.seen.version, heard.seen.resumed) == ("TLSv1.3", False)
        heard.message(b"\2\0\0\0" + hello + bytes.fromhex("000c002b0002030400290002 0000"), sent=True)
        assert (heard.seen.version, heard.seen.resumed) == ("TLSv1.3", True)
        heard.message(b"\2\0\0\0" + hello, sent=True)
        assert heard.seen.version == "TLSv1.2"

    def test_it_is_complete_with_a_finished_in_each_direction(self) -> None:
        heard = Heard()
        heard.message(b"\x14\0\0\0", sent=True)
        assert not heard.complete
        heard.message(b"\x14\0\0\0", sent=True)
        assert not heard.complete
        heard.message(b"\x14\0\0\0", sent=False)
        assert heard.complete
