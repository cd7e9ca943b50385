"""What is sent to another host and begins there; it is not imported. All else is in ``away``, which is there already.

xdist runs a module of this form in each worker. Ours leads to xdist's own, once what only the first host has (its
paths) has been put into the words of this one.
"""

if __name__ == "__channelexec__":
    first = channel.receive()  # type: ignore[name-defined]  # noqa: F821 - execnet's
    # Only now: if this fails, it is told once the first host has said all that it says unasked.
    from sslspec.hosts import away

    away.work(channel, first)  # type: ignore[name-defined]  # noqa: F821
