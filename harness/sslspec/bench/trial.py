"""A handshake with a peer that misbehaves: what the implementation makes of it, and what is demanded of it.

Standard library only. The fault itself is the peer's business (`sslspec.peers.scripted`).
"""

from __future__ import annotations

from typing import Any

from sslspec.bench.pair import Pair


class Trial:
    """One connection on trial, `pair`. The client is asked for its certificate: the handshake has every message."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        if pair.server_side:
            pair.subject_context.load_verify_locations(pair.pki.authority())
            pair.subject_context.verify_mode = pair.impl.CERT_REQUIRED
            pair.peer.settings.certificate = "client"
        else:
            pair.subject_context.load_cert_chain(*pair.pki["client"])
            pair.peer.settings.verify_client = "required"

    def resumed(self) -> Trial:
        """A second connection on trial, in which the client offers the session of this one; this one goes well."""
        pair = self.pair
        pair.shake_hands()
        pair.greet()
        return Trial(pair.reconnect(**({} if pair.server_side else {"session": pair.bare_subject.session})))

    def goes_on(self) -> None:
        """The handshake is completed, and data flows in both directions."""
        self.pair.shake_hands()
        self.pair.greet()

    def outcome(self) -> Exception | None:
        """What the subject raises until the handshake is complete and data has come; None if all of it went well."""
        pair = self.pair
        error = self.attempt(pair.subject.do_handshake)
        if error is None and pair.peer.completes():
            pair.peer.send(b"!")
        return error or self.attempt(pair.subject.read, 1)

    def fails(self) -> Any:
        """The SSLError that the subject raises in its handshake or first read; to wait for more, or go on, is none."""
        impl, error = self.pair.impl, self.outcome()
        assert error is not None, "the subject took it: its handshake is complete, and it has read data"
        waiting = (impl.SSLWantReadError, impl.SSLWantWriteError)
        assert not isinstance(error, waiting), "the subject took it, and waits for more"
        assert isinstance(error, impl.SSLError), f"the subject raised {error!r}, which is no SSLError"
        return error

    def refused(self, *alerts: str) -> Any:
        """The handshake fails, the peer is told by one of `alerts`, and the connection is of no use afterwards.

        Gives the error. alerts: names as in RFC 8446 6; ``none`` where the subject is to say nothing.
        """
        peer, error = self.pair.peer, self.fails()
        seen = peer.alert_seen or "none"
        assert seen in alerts, (
            f"the peer saw the alert {seen}, not {' or '.join(alerts)}; the subject raised {error!r}{peer.trouble}"
        )
        self.is_over()
        return error

    def is_over(self) -> None:
        """Nothing can be written any more."""
        again = self.attempt(self.pair.subject.write, b"after all")
        assert again is not None, "after the connection has failed the subject still writes"

    def attempt(self, call: Any, *args: Any) -> Exception | None:
        """What a call of the subject's raises; None if it returns."""
        try:
            self.pair.drive(call, *args)
        except Exception as error:
            return error
        return None
