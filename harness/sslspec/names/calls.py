"""What a module does when its names are called wrongly: with each kind of wrong argument, too many, too few, unknown.

The calls are those of the documentation, one table for every module; their outcomes are classes of results, exceptions
and warnings. What a right call does is the scenarios' business.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sslspec.names.receivers import NAME, Receivers
from sslspec.names.trials import Trials

PALETTE: dict[str, Any] = {
    "None": None,
    "True": True,
    "0": 0,
    "-1": -1,
    "3": 3,
    "2**64": 2**64,
    "1.5": 1.5,
    "''": "",
    "'x'": "x",
    "'x\\0'": "x\0",
    "'é'": "é",
    "'\\ud800'": "\ud800",
    "b''": b"",
    "b'x'": b"x",
    "bytearray": bytearray(b"x"),
    "memoryview": memoryview(b"x"),
    "[]": [],
    "['x']": ["x"],
    "()": (),
    "object": object(),
    "function": lambda *_: None,
}
"""What each parameter is given in turn, by its label in a record."""

Parameters = dict[str, Callable[[Receivers], Any]]
"""The parameters of a call in order, each with a maker of an argument that is right."""


def _is(value: Any) -> Callable[[Receivers], Any]:
    return lambda _: value


_COMMON: Parameters = {"server_side": _is(False), "server_hostname": _is(NAME), "session": _is(None)}

FUNCTIONS: dict[str, Parameters] = {
    "DER_cert_to_PEM_cert": {"der_cert_bytes": _is(b"x")},
    "PEM_cert_to_DER_cert": {"pem_cert_string": _is("-----BEGIN CERTIFICATE-----\neA==\n-----END CERTIFICATE-----\n")},
    "RAND_add": {"string": _is(b"x"), "entropy": _is(0.0)},
    "RAND_bytes": {"n": _is(1)},
    "RAND_status": {},
    "cert_time_to_seconds": {"cert_time": _is("Jan  5 09:34:43 2018 GMT")},
    "create_default_context": {
        "purpose": lambda on: on.module.Purpose.CLIENT_AUTH,
        "cafile": _is(None),
        "capath": _is(None),
        "cadata": _is(None),
    },
    "get_default_verify_paths": {},
    "get_protocol_name": {"protocol_code": _is(2)},
    "get_server_certificate": {
        "addr": _is(("127.0.0.1", 0)),
        "ssl_version": lambda on: on.module.PROTOCOL_TLS_CLIENT,
        "ca_certs": _is(None),
        "timeout": _is(1.0),
    },
    "get_sigalgs": {"include_aliases": _is(False)},
    "_create_unverified_context": {
        "protocol": _is(None),
        "cert_reqs": lambda on: on.module.CERT_NONE,
        "check_hostname": _is(False),
        "purpose": lambda on: on.module.Purpose.CLIENT_AUTH,
        "certfile": _is(None),
        "keyfile": _is(None),
        "cafile": _is(None),
        "capath": _is(None),
        "cadata": _is(None),
    },
    "SSLContext": {"protocol": lambda on: on.module.PROTOCOL_TLS_CLIENT},
    "SSLError": {"errno": _is(1), "strerror": _is("x")},
    "MemoryBIO": {},
    "SSLSession": {},
    "SSLObject": {},
    "SSLSocket": {},
    "Purpose": {"value": _is("1.3.6.1.5.5.7.3.1")},
    "_ASN1Object": {"oid": _is("1.3.6.1.5.5.7.3.1")},
    "_ASN1Object.fromname": {"name": _is("serverAuth")},
    "_ASN1Object.fromnid": {"nid": _is(129)},
}

_CONNECTION: dict[str, Parameters] = {
    "cipher": {},
    "client_sigalg": {},
    "compression": {},
    "get_channel_binding": {"cb_type": _is("tls-unique")},
    "get_unverified_chain": {},
    "get_verified_chain": {},
    "getpeercert": {"binary_form": _is(False)},
    "group": {},
    "pending": {},
    "read": {"len": _is(1), "buffer": lambda _: bytearray(4)},
    "selected_alpn_protocol": {},
    "selected_npn_protocol": {},
    "server_sigalg": {},
    "shared_ciphers": {},
    "unwrap": {},
    "verify_client_post_handshake": {},
    "version": {},
    "write": {"data": _is(b"x")},
}

METHODS: dict[str, dict[str, Parameters]] = {
    "SSLContext": {
        "cert_store_stats": {},
        "get_ca_certs": {"binary_form": _is(False)},
        "get_ciphers": {},
        "get_groups": {"include_aliases": _is(False)},
        "load_cert_chain": {
            "certfile": lambda on: on.credentials.chain,
            "keyfile": lambda on: on.credentials.key,
            "password": _is(None),
        },
        "load_default_certs": {"purpose": lambda on: on.module.Purpose.SERVER_AUTH},
        "load_dh_params": {"path": _is("nowhere")},
        "load_verify_locations": {
            "cafile": lambda on: on.authority,
            "capath": _is(None),
            "cadata": _is(None),
        },
        "session_stats": {},
        "set_alpn_protocols": {"alpn_protocols": _is(["h2"])},
        "set_ciphers": {"ciphers": _is("DEFAULT")},
        "set_ciphersuites": {"ciphersuites": _is("TLS_AES_128_GCM_SHA256")},
        "set_client_sigalgs": {"sigalgs": _is("ecdsa_secp256r1_sha256")},
        "set_default_verify_paths": {},
        "set_ecdh_curve": {"name": _is("prime256v1")},
        "set_groups": {"groups": _is("P-256")},
        "set_npn_protocols": {"npn_protocols": _is(["h2"])},
        "set_psk_client_callback": {"callback": _is(None)},
        "set_psk_server_callback": {"callback": _is(None), "identity_hint": _is(None)},
        "set_server_sigalgs": {"sigalgs": _is("ecdsa_secp256r1_sha256")},
        "set_servername_callback": {"server_name_callback": _is(None)},
        "wrap_bio": {
            "incoming": lambda on: on.module.MemoryBIO(),
            "outgoing": lambda on: on.module.MemoryBIO(),
            **_COMMON,
        },
        "wrap_socket": {
            "sock": lambda on: on.plain_socket(),
            "server_side": _is(False),
            "do_handshake_on_connect": _is(True),
            "suppress_ragged_eofs": _is(True),
            "server_hostname": _is(NAME),
            "session": _is(None),
        },
    },
    "MemoryBIO": {"read": {"size": _is(-1)}, "write": {"b": _is(b"x")}, "write_eof": {}},
    "SSLObject": {**_CONNECTION, "do_handshake": {}},
    "SSLSocket": {
        **_CONNECTION,
        "do_handshake": {"block": _is(False)},
        "accept": {},
        "connect": {"addr": _is(("127.0.0.1", 1))},
        "connect_ex": {"addr": _is(("127.0.0.1", 1))},
        "dup": {},
        "recv": {"buflen": _is(1), "flags": _is(0)},
        "recv_into": {"buffer": lambda _: bytearray(4), "nbytes": _is(None), "flags": _is(0)},
        "recvfrom": {"buflen": _is(1), "flags": _is(0)},
        "recvfrom_into": {"buffer": lambda _: bytearray(4), "nbytes": _is(None), "flags": _is(0)},
        "recvmsg": {},
        "recvmsg_into": {},
        "send": {"data": _is(b"x"), "flags": _is(0)},
        "sendall": {"data": _is(b"x"), "flags": _is(0)},
        "sendfile": {"file": lambda _: io.BytesIO(b"x"), "offset": _is(0), "count": _is(None)},
        "sendmsg": {},
        "sendto": {"data": _is(b"x"), "flags_or_addr": _is(("127.0.0.1", 1)), "addr": _is(None)},
        "shutdown": {"how": _is(2)},
    },
    "SSLSession": {},
}
"""The calls of the documentation, each with its parameters."""

ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "SSLContext": (
        *("check_hostname", "hostname_checks_common_name", "keylog_filename", "maximum_version", "minimum_version"),
        *("num_tickets", "options", "post_handshake_auth", "protocol", "security_level", "sni_callback"),
        *("sslobject_class", "sslsocket_class", "verify_flags", "verify_mode", "_msg_callback", "no_such_name"),
    ),
    "MemoryBIO": ("eof", "pending", "no_such_name"),
    "SSLObject": ("context", "server_hostname", "server_side", "session", "session_reused", "no_such_name"),
    "SSLSocket": ("context", "server_hostname", "server_side", "session", "session_reused", "no_such_name"),
    "SSLSession": ("has_ticket", "id", "ticket_lifetime_hint", "time", "timeout", "no_such_name"),
}


Outcomes = dict[str, dict[str, str]]
"""For each way of calling something, its outcomes, each with the arguments that led to it."""


def describe(on: Receivers, trials: Trials) -> dict[str, Outcomes]:
    """By name, what became of every way of calling it or of assigning to it."""
    found: dict[str, Outcomes] = {}
    for name, parameters in FUNCTIONS.items():
        holder, _, method = name.partition(".")
        target = getattr(on.module, holder, None)
        function = getattr(target, method, None) if method else target
        if function is not None:
            found[name] = _Call(on, trials, name, parameters, partial(_given, function)).outcomes()
    for label, make in on.makers().items():
        kind, _, how = label.partition(", ")
        for method, parameters in METHODS[kind].items():
            if hasattr(getattr(on.module, kind, None), method):
                call = _Call(on, trials, f"{label}.{method}", parameters, partial(_method, make, method))
                _merge(found.setdefault(f"{kind}.{method}", {}), call.outcomes(), how)
        for attribute in ATTRIBUTES[kind] if hasattr(on.module, kind) else ():
            outcomes = _assigned(trials, f"{label}.{attribute}", make, attribute)
            _merge(found.setdefault(f"{kind}.{attribute}", {}), outcomes, how)
    return found


def _given(value: Any) -> Any:
    return value


def _method(make: Callable[[], Any], name: str) -> Any:
    return getattr(make(), name)


def _merge(into: Outcomes, outcomes: Outcomes, how: str) -> None:
    for way, grouped in outcomes.items():
        into[f"{way} ({how})" if how else way] = grouped


@dataclass(frozen=True)
class _Call:
    """One call of the documentation. `callee` makes what is called, on a receiver of its own each time."""

    on: Receivers
    trials: Trials
    name: str
    parameters: Parameters
    callee: Callable[[], Any]

    def outcomes(self) -> Outcomes:
        """What became of wrong numbers and names of arguments, and of each wrong argument."""
        found = {"a call": self._grouped("", self._arities())}
        for name in self.parameters:
            tried = {label: partial(self._with, name, wrong) for label, wrong in PALETTE.items()}
            found[name] = self._grouped(name, tried)
        return found

    def _grouped(self, way: str, tried: Mapping[str, Callable[[], Any]]) -> dict[str, str]:
        return grouped(
            {label: self.trials.outcome(f"{self.name} {way} {label}", call) for label, call in tried.items()}
        )

    def _right(self) -> dict[str, Any]:
        return {name: make(self.on) for name, make in self.parameters.items()}

    def _arities(self) -> dict[str, Callable[[], Any]]:
        return {
            "by position": lambda: self.callee()(*self._right().values()),
            "by name": lambda: self.callee()(**self._right()),
            "without arguments": lambda: self.callee()(),
            "one too many": lambda: self.callee()(*self._right().values(), None),
            "an unknown name": lambda: self.callee()(*self._right().values(), no_such_parameter=None),
        }

    def _with(self, name: str, wrong: Any) -> Any:
        """Call with this argument wrong and those before it right; by position where names are not taken."""
        names = list(self.parameters)
        wanted = names[: names.index(name) + 1]
        arguments = {one: wrong if one == name else self.parameters[one](self.on) for one in wanted}
        first, *rest = wanted
        try:
            return self.callee()(arguments[first], **{one: arguments[one] for one in rest})
        except TypeError:
            return self.callee()(*arguments.values())


def _assigned(trials: Trials, name: str, make: Callable[[], Any], attribute: str) -> Outcomes:
    """What becomes of assigning. Deleting is not tried."""

    def assign(value: Any) -> Any:
        receiver = make()
        setattr(receiver, attribute, value)
        return getattr(receiver, attribute)

    tried = {label: partial(assign, value) for label, value in PALETTE.items()}
    outcomes = {label: trials.outcome(f"{name} = {label}", call) for label, call in tried.items()}
    return {"assigned": grouped({"read": trials.outcome(name, lambda: getattr(make(), attribute)), **outcomes})}


def grouped(outcomes: Mapping[str, str]) -> dict[str, str]:
    """The labels that each outcome stands for, in one text; blanks in a label become underscores."""
    labels: dict[str, list[str]] = {}
    for label, what in outcomes.items():
        labels.setdefault(what, []).append(label.replace(" ", "_"))
    return {what: " ".join(found) for what, found in sorted(labels.items())}
