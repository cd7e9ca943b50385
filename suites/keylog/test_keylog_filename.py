"""keylog_filename: what is written, where, and when not."""

import os
import re

import pytest

LABELS = {
    "tls12": {"CLIENT_RANDOM"},
    "tls13": {
        "SERVER_HANDSHAKE_TRAFFIC_SECRET",
        "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
        "EXPORTER_SECRET",
        "SERVER_TRAFFIC_SECRET_0",
        "CLIENT_TRAFFIC_SECRET_0",
    },
}
LINE = re.compile(r"([A-Z_0-9]+) ([0-9a-f]{64}) ([0-9a-f]{64,96})")


def entries(path):
    """The lines of a key log that are no comments, each as label, client random, secret."""
    lines = [line for line in path.read_text(encoding="ascii").splitlines() if not line.startswith("#")]
    found = [LINE.fullmatch(line) for line in lines]
    assert all(found), lines
    return [match.groups() for match in found]


@pytest.mark.clause(
    "ssl.SSLContext.keylog_filename:written",
    "ssl.SSLContext.keylog_filename:observable",
    "ssl.SSLContext.keylog_filename:format",
    "RFC 5246 8.1:master-secret",
)
@pytest.mark.known("bpo-34271")
@pytest.mark.transports("memory", "asyncio")
def test_the_secrets_of_a_connection_are_written(pair, tmp_path):
    """Each secret of the handshake has a line: label, client random and secret, in hexadecimal."""
    path = tmp_path / "keys"
    pair.subject_context.keylog_filename = str(path)
    pair.shake_hands()
    found = entries(path)
    assert {label for label, _, _ in found} == LABELS[pair.variant.version]
    assert len({random for _, random, _ in found}) == 1


@pytest.mark.clause("ssl.SSLContext.keylog_filename:observable", "ssl.SSLContext.keylog_filename:unset")
@pytest.mark.known("bpo-34271")
def test_without_a_name_nothing_is_written(pair, tmp_path):
    """keylog_filename is None at first, and None again stops the writing."""
    path = tmp_path / "keys"
    assert pair.subject_context.keylog_filename is None
    pair.subject_context.keylog_filename = str(path)
    assert pair.subject_context.keylog_filename == str(path)
    pair.subject_context.keylog_filename = None
    assert pair.subject_context.keylog_filename is None
    pair.shake_hands()
    assert entries(path) == []


@pytest.mark.clause("ssl.SSLContext.keylog_filename:appended")
@pytest.mark.known("bpo-34271")
def test_lines_are_appended(pair, tmp_path):
    """A second connection writes behind what is there."""
    path = tmp_path / "keys"
    path.write_text("# mine\n", encoding="ascii")
    pair.subject_context.keylog_filename = str(path)
    pair.shake_hands()
    pair.reconnect().shake_hands()
    assert path.read_text(encoding="ascii").startswith("# mine\n")
    assert len({random for _, random, _ in entries(path)}) == 2


@pytest.mark.clause("ssl.SSLContext.keylog_filename:unwritable")
def test_a_folder_is_no_file(impl, tmp_path):
    """A name that cannot be opened for writing raises OSError, and nothing is set."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(OSError):
        context.keylog_filename = str(tmp_path)
    assert context.keylog_filename is None


@pytest.mark.clause("ssl.SSLContext.keylog_filename:path")
def test_a_name_is_a_path(impl):
    """What is no path raises TypeError."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(TypeError):
        context.keylog_filename = 1.5


@pytest.mark.clause("ssl.create_default_context:keylog-variable")
@pytest.mark.known("bpo-34271")
def test_the_variable_counts_for_default_contexts_alone(impl, tmp_path):
    """create_default_context() honours SSLKEYLOGFILE; SSLContext() does not."""
    before = os.environ.get("SSLKEYLOGFILE")
    os.environ["SSLKEYLOGFILE"] = str(tmp_path / "keys")
    try:
        default, plain = impl.create_default_context(), impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    finally:
        os.environ.pop("SSLKEYLOGFILE")
        if before is not None:
            os.environ["SSLKEYLOGFILE"] = before
    assert default.keylog_filename == str(tmp_path / "keys")
    assert plain.keylog_filename is None
    default.keylog_filename = None


@pytest.mark.clause("ssl.SSLContext.keylog_filename:threads")
@pytest.mark.deliveries("whole")
@pytest.mark.versions("tls13")
def test_threads_do_not_mix_their_lines(couple, impl, background, tmp_path):
    """Connections of several threads at the same time write whole lines, each once."""
    path = tmp_path / "keys"
    couple.client_context.keylog_filename = str(path)

    def connect():
        to_client, to_server = impl.MemoryBIO(), impl.MemoryBIO()
        client = couple.client_context.wrap_bio(to_client, to_server, server_hostname="localhost")
        server = couple.server_context.wrap_bio(to_server, to_client, server_side=True)
        for end in (client, server):
            with pytest.raises(impl.SSLWantReadError):
                end.do_handshake()
        client.do_handshake()

    for call in [background(connect) for _ in range(8)]:
        call.result()
    found = entries(path)
    assert len(found) == len(set(found)) == 8 * len(LABELS["tls13"])
    assert len({random for _, random, _ in found}) == 8


@pytest.mark.clause("ssl.SSLContext.keylog_filename:unset")
@pytest.mark.known("gh-142438")
@pytest.mark.since("3.15")
@pytest.mark.level("observed")
@pytest.mark.deliveries("whole")
def test_a_name_may_be_taken_away_before_the_handshake(pair, tmp_path):
    """Where the name is taken away when the connection has been made, its handshake completes, and nothing is lost."""
    pair.subject_context.keylog_filename = str(tmp_path / "keys")
    pair.wrap()
    pair.subject_context.keylog_filename = None
    pair.shake_hands()
    pair.greet()
