"""Faults of the rules behind the surface: defaults, flags and modes, each verification error, each alert, each state.

A rule is overlooked, or obeyed where it is not asked for. ``noting`` finds out who comes to a rule, so that a fault of
it need not be tried on everybody; what is wrong with single names of ssl's is said in ``faults``.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from typing import Any

import refssl
from refssl import errors, settings, snapshot, verdict, x509
from refssl.constants import PROTOCOL_TLS_CLIENT, PROTOCOL_TLS_SERVER, TLSVersion, VerifyFlags, VerifyMode
from refssl.engine.alerts import AlertDescription
from refssl.engine.connection import Connection
from refssl.engine.faults import AlertReceived, ProtocolError
from refssl.engine.messages.control import Alert
from refssl.engine.output import Output
from refssl.engine.states import table
from refssl.engine.states.table import Arrival
from refssl.x509 import codes, path
from sabotage.wrong import Fault, altered, everywhere, show

_TABLES = (
    ("client", table.EXPECTED_BY_CLIENT, table.WHOLE_CLIENT),
    ("server", table.EXPECTED_BY_SERVER, table.WHOLE_SERVER),
)
_ROLES = ((False, "client", PROTOCOL_TLS_CLIENT), (True, "server", PROTOCOL_TLS_SERVER))
_DEFAULTS: dict[str, Callable[[Any], Any]] = {
    "check_hostname": altered,
    "verify_mode": lambda mode: VerifyMode((mode + 2) % 3),
    "minimum_version": lambda _: TLSVersion.TLSv1_3,
    "maximum_version": lambda _: TLSVersion.TLSv1_2,
    "common_name": altered,
    "num_tickets": altered,
    "post_handshake_auth": altered,
}


def every() -> Iterator[Fault]:
    """All of them, in the same order each time."""
    yield from _of_defaults()
    yield from _of_options()
    yield from _of_verify_flags()
    yield from _of_modes()
    yield from _of_verification()
    yield from _of_alerts()
    yield from _of_states()


def noting(note: Callable[[tuple[str, int]], None]) -> None:
    """From now on tell of each rule that is come to, by the name and number at which its faults are (`Fault.at`)."""
    send, make, verify, arrive, config = (
        Output.send,
        errors.from_fault,
        path.verify,
        Connection._arrival,
        snapshot._config,
    )

    def sending(self: Output, message: Any) -> Any:
        if isinstance(message, Alert):
            note(("alert sent", message.description))
        return send(self, message)

    def making(fault: Any) -> Any:
        if isinstance(fault, AlertReceived):
            note(("alert received", fault.description))
        return make(fault)

    def verifying(*args: Any) -> Any:
        try:
            return verify(*args)
        except codes.VerificationError as refused:
            note(("verify code", refused.code))
            raise

    def arriving(self: Connection, kind: int, length: int) -> Any:
        try:
            return arrive(self, kind, length)
        except ProtocolError:
            note((_state(self), 0))
            raise

    def configuring(context: Any, server: bool, mode: int, bits: int, *names: Any) -> Any:
        note((f"verify_mode of a {_ROLES[server][1]}", mode))
        for flag in VerifyFlags.__members__.values():
            if mode:
                note(("verify flag set" if bits & flag == flag else "verify flag not set", int(flag)))
        return config(context, server, mode, bits, *names)

    Output.send = sending  # type: ignore[method-assign]
    everywhere(make, making)
    path.verify = verifying  # type: ignore[assignment]
    Connection._arrival = arriving  # type: ignore[method-assign]
    snapshot._config = configuring  # type: ignore[assignment]
    for role, expected, whole in _TABLES:
        for (state, message), handler in list(whole.items()):
            place = _row(role, state, message), 0
            _handle(expected, whole, state, message, functools.partial(_noted, functools.partial(note, place), handler))


def _noted(note: Callable[[], None], handler: Any, *args: Any) -> Any:
    note()
    return handler(*args)


# -- what is so if nobody says otherwise -----------------------------------------------------------------------------


def _of_defaults() -> Iterator[Fault]:
    made = settings._SSLContext._set_defaults  # whose lines are passed by who makes a context
    for _, role, protocol in _ROLES:
        for name, wrong in _DEFAULTS.items():
            change = functools.partial(_default, protocol, f"_{name}", wrong)
            yield Fault(f"{name} is another in a new {role} context", change, made)
        for name, default in (("options", settings._DEFAULT_OPTIONS), ("verify_flags", settings._DEFAULT_VERIFY_FLAGS)):
            for bit in _bits(default):
                change = functools.partial(_default, protocol, f"_{name}", functools.partial(_less, bit))
                yield Fault(f"{name} has no {bit:#x} in a new {role} context", change, made)
    for purpose in (refssl.Purpose.SERVER_AUTH, refssl.Purpose.CLIENT_AUTH):
        for name, edit in _SAFE.items():
            change = functools.partial(_create, purpose, edit)
            yield Fault(f"create_default_context({purpose.name}) {name}", change, refssl.create_default_context)


def _less(bit: int, value: int) -> int:
    return value & ~bit


def _unverified(context: Any) -> None:
    context.check_hostname = False
    context.verify_mode = VerifyMode.CERT_OPTIONAL if context.verify_mode == 0 else VerifyMode.CERT_NONE


def _without(flag: int) -> Callable[[Any], None]:
    def edit(context: Any) -> None:
        context.verify_flags &= ~flag

    return edit


_SAFE: dict[str, Callable[[Any], None]] = {
    "verifies otherwise": _unverified,
    "forgets VERIFY_X509_STRICT": _without(VerifyFlags.VERIFY_X509_STRICT),
    "forgets VERIFY_X509_PARTIAL_CHAIN": _without(VerifyFlags.VERIFY_X509_PARTIAL_CHAIN),
    "trusts nobody": lambda context: vars(context).pop("_made_trust", None),
}


def _default(protocol: int, name: str, wrong: Callable[[Any], Any]) -> None:
    set_defaults = refssl.SSLContext._set_defaults

    def setting(self: Any) -> None:
        set_defaults(self)
        if self._protocol == protocol:
            show()
            setattr(self, name, wrong(getattr(self, name)))

    refssl.SSLContext._set_defaults = setting  # type: ignore[method-assign]


def _create(purpose: Any, edit: Callable[[Any], None]) -> None:
    create = refssl.create_default_context

    @functools.wraps(create)
    def creating(asked: Any = refssl.Purpose.SERVER_AUTH, **given: Any) -> Any:
        context = create(asked, **given)
        if asked == purpose:
            show()
            edit(context)
        return context

    refssl.create_default_context = creating  # type: ignore[assignment]


# -- flags and modes -------------------------------------------------------------------------------------------------


def _of_options() -> Iterator[Fault]:
    for module in (settings, snapshot):
        for name in sorted(vars(module)):
            if name.startswith("_OP_"):
                yield Fault(f"{name[1:]} is not obeyed", functools.partial(_constant, module, name, 0))
                yield Fault(f"{name[1:]} is always obeyed", functools.partial(_constant, module, name, -1))


def _constant(module: Any, name: str, value: int) -> None:
    show()
    setattr(module, name, value)


def _of_verify_flags() -> Iterator[Fault]:
    for name, flag in VerifyFlags.__members__.items():
        if not flag:
            continue
        without = functools.partial(_configured, functools.partial(_other_flags, ~int(flag), 0))
        always = functools.partial(_configured, functools.partial(_other_flags, -1, int(flag)))
        yield Fault(f"{name} is not obeyed", without, ("verify flag set", int(flag)))
        yield Fault(f"{name} is always obeyed", always, ("verify flag not set", int(flag)))


def _of_modes() -> Iterator[Fault]:
    for server, role, _ in _ROLES:
        for mode in VerifyMode:
            for other in VerifyMode:
                if mode is other or (not server and mode and other):
                    continue  # a client makes no difference between CERT_OPTIONAL and CERT_REQUIRED
                change = functools.partial(_configured, functools.partial(_other_mode, server, mode, other))
                place = f"verify_mode of a {role}", int(mode)
                yield Fault(f"{mode.name} of a {role} is taken for {other.name}", change, place)


def _other_flags(kept: int, added: int, _server: bool, mode: int, bits: int) -> tuple[int, int]:
    return mode, bits & kept | added


def _other_mode(server: bool, mode: int, other: int, at: bool, asked: int, bits: int) -> tuple[int, int]:
    return other if (at, asked) == (server, mode) else asked, bits


def _configured(wrong: Callable[[bool, int, int], tuple[int, int]]) -> None:
    """Have connections made with another mode, or other verify_flags, than their context has."""
    config = snapshot._config

    def configuring(context: Any, server: bool, mode: int, bits: int, *names: Any) -> Any:
        changed = wrong(server, mode, bits)
        if changed != (mode, bits):
            show()
        return config(context, server, *changed, *names)

    snapshot._config = configuring  # type: ignore[assignment]


# -- verification ----------------------------------------------------------------------------------------------------


def _of_verification() -> Iterator[Fault]:
    names = _raised()
    for code in sorted(names):
        yield Fault(f"{names[code]} is overlooked", functools.partial(_overlook, code), ("verify code", code))
    for code in sorted(verdict._ALERTS):
        if code in names:
            change = functools.partial(_update, verdict._ALERTS, code, AlertDescription.ACCESS_DENIED)
            yield Fault(f"{names[code]} goes with another alert", change, ("verify code", code))


def _raised() -> dict[int, str]:
    """The codes of which refssl ever raises one, with their names."""
    modules = [importlib.import_module(f"refssl.x509.{each.name}") for each in pkgutil.iter_modules(x509.__path__)]
    text = "".join(inspect.getsource(module) for module in modules if module is not codes)
    known = {name: value for name, value in vars(codes).items() if name.isupper() and isinstance(value, int)}
    return {value: name for name, value in known.items() if re.search(rf"\b{name}\b", text)}


def _overlook(code: int) -> None:
    verify = path.verify

    def verifying(certificates: Any, *args: Any) -> Any:
        try:
            return verify(certificates, *args)
        except codes.VerificationError as refused:
            if refused.code != code:
                raise
            show()
            return tuple(certificates)

    path.verify = verifying  # type: ignore[assignment]


# -- alerts ----------------------------------------------------------------------------------------------------------


def _of_alerts() -> Iterator[Fault]:
    for number, reason in sorted(errors.ALERT_REASONS.items()):
        change = functools.partial(_update, errors.ALERT_REASONS, number, reason + "_")
        yield Fault(f"the alert {number} has another reason", change, ("alert received", number))
    for description in AlertDescription:
        other = AlertDescription.INTERNAL_ERROR
        if description is other:
            other = AlertDescription.HANDSHAKE_FAILURE
        name, met = description.name.lower(), ("alert sent", int(description))
        instead = functools.partial(_send_for, int(description), int(other))
        yield Fault(f"{other.name.lower()} is sent for {name}", instead, met)
        yield Fault(f"{name} is not sent", functools.partial(_send_for, int(description), None), met)


def _update(known: dict[Any, Any], key: Any, value: Any) -> None:
    show()
    known[key] = value


def _send_for(description: int, other: int | None) -> None:
    send = Output.send

    def wrong(self: Output, message: Any) -> Any:
        if isinstance(message, Alert) and message.description == description:
            show()
            if other is None:
                return message
            message = Alert(message.level, other)
        return send(self, message)

    Output.send = wrong  # type: ignore[method-assign]


# -- states ----------------------------------------------------------------------------------------------------------


def _of_states() -> Iterator[Fault]:
    for role, expected, whole in _TABLES:
        for state, message in whole:
            place = _row(role, state, message), 0
            yield Fault(_row(role, state, message), functools.partial(_forget, expected, whole, state, message), place)
        for state in dict.fromkeys(state for state, _ in whole):
            place = f"{role}: {state.__name__}", 0
            yield Fault(f"{place[0]} overlooks what it does not expect", functools.partial(_let_pass, place[0]), place)


def _row(role: str, state: type, message: Any) -> str:
    return f"{role}: {state.__name__} takes no {message.__name__}"


def _state(connection: Connection) -> str:
    return f"{_ROLES[connection.config.server_side][1]}: {type(connection._state).__name__}"


def _handle(expected: Any, whole: Any, state: type, message: Any, handler: Any) -> None:
    """Give a row of a table to another function."""
    whole[state, message] = handler
    for arrival in expected.get(state, {}).values():
        if arrival.message is message:
            arrival.handler = handler


def _forget(expected: Any, whole: Any, state: type, message: Any) -> None:
    show()
    whole.pop((state, message))
    for number, known in list(expected.get(state, {}).items()):
        if known.message is message:
            expected[state].pop(number)


def _let_pass(state: str) -> None:
    arrive, receive = Connection._arrival, Connection._receive_message
    ignored: Any = Arrival(object, 0, "", lambda *_: None)

    def arriving(self: Connection, kind: int, length: int) -> Any:
        try:
            return arrive(self, kind, length)
        except ProtocolError:
            if _state(self) != state:
                raise
            show()
            return ignored

    def receiving(self: Connection, arrival: Arrival, raw: bytes) -> None:
        if arrival is not ignored:
            receive(self, arrival, raw)

    Connection._arrival = arriving  # type: ignore[method-assign]
    Connection._receive_message = receiving  # type: ignore[method-assign]


def _bits(value: int) -> list[int]:
    return [1 << number for number in range(value.bit_length()) if value >> number & 1]
