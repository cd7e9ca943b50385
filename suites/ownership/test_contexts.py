"""SSLContext as a Python object: what keeps it alive."""

import contextlib
import functools
import gc
import weakref

import pytest


def nothing(*_):
    """What a callback does here."""


def connect(impl, client_context, server_context):
    """A connection between the two that is made, asked for what the ends know of each other, and forgotten."""
    to_client, to_server = impl.MemoryBIO(), impl.MemoryBIO()
    client = client_context.wrap_bio(to_client, to_server, server_hostname="localhost")
    server = server_context.wrap_bio(to_server, to_client, server_side=True)
    for end in (client, server, client, server):
        with contextlib.suppress(impl.SSLWantReadError):
            end.do_handshake()
    server.write(b"!")
    assert client.read(1) == b"!"
    assert client.getpeercert()
    assert client.session is not None


@pytest.mark.clause("ssl.SSLContext:goes")
@pytest.mark.known("gh-142516", "bpo-25569", "RustPython#8423")
@pytest.mark.parametrize("used", [False, True], ids=["unused", "used"])
def test_a_context_goes_with_its_last_reference(impl, pki, used):
    """Neither callbacks that refer to it nor connections made with it keep a context for ever."""
    server = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(*pki["server"])
    server.sni_callback = functools.partial(nothing, server)
    client = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    client.load_verify_locations(pki.authority())
    client._msg_callback = functools.partial(nothing, client)
    if used:
        connect(impl, client, server)
    gone = [weakref.ref(client), weakref.ref(server)]
    del client, server
    gc.collect()
    assert [context() for context in gone] == [None, None]
