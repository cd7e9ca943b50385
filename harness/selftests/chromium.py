"""A headless Chromium, driven over a pair of pipes by its DevTools protocol, as far as the tests of the site need it.

One process serves many tests; each gets a page of its own, which notes what it asks the network for and what its
console says. Where no Chromium is installed, the tests that need one are skipped.
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DEADLINE = 60.0
_OPTIONS = ("headless", "no-sandbox", "disable-gpu", "no-first-run", "hide-scrollbars", "remote-debugging-pipe")
_QUIET = ("disable-background-networking", "disable-component-update", "disable-sync", "disable-extensions")
_KEYS = {
    "Enter": 13,
    "End": 35,
    "Home": 36,
    "ArrowLeft": 37,
    "ArrowUp": 38,
    "ArrowRight": 39,
    "ArrowDown": 40,
    "Tab": 9,
}
# Chromium reads commands from descriptor 3 and answers on 4, wherever the pipes have been put here.
_EXEC = """\
import os, sys
pipes = [os.dup(os.dup(os.dup(int(number)))) for number in sys.argv[1:3]]  # surely neither 3 nor 4
for number, pipe in zip((3, 4), pipes):
    os.dup2(pipe, number)
os.execv(sys.argv[3], sys.argv[3:])
"""


class Browser:
    """The process, and the protocol: commands with answers, and events in between."""

    def __init__(self, home: Path) -> None:
        to_child, ours = os.pipe()
        theirs, from_child = os.pipe()
        words = [str(CHROMIUM), *(f"--{option}" for option in (*_OPTIONS, *_QUIET)), f"--user-data-dir={home}"]
        self._process = subprocess.Popen(
            [sys.executable, "-c", _EXEC, str(to_child), str(from_child), *words, "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(to_child, from_child),
            env={**os.environ, "HOME": str(home)},
        )
        os.close(to_child)
        os.close(from_child)
        self._out, self._in = ours, theirs
        self._numbers = itertools.count(1)
        self._rest = b""
        self.events: list[dict[str, Any]] = []

    def send(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """A command's answer; RuntimeError where it is an error."""
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == number:
                break
            self.events.append(answer)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        result: dict[str, Any] = answer["result"]
        return result

    def wait(self, method: str, session: str) -> dict[str, Any]:
        """The next event of this name, among those that came already or among those to come."""
        for number in itertools.count():
            if number == len(self.events):
                self.events.append(self._next())
            event = self.events[number]
            if (event.get("method"), event.get("sessionId")) == (method, session):
                return self.events.pop(number)
        raise AssertionError

    def close(self) -> None:
        """End the process."""
        with contextlib.suppress(RuntimeError, OSError, TimeoutError):
            self.send("Browser.close")
        os.close(self._out)
        os.close(self._in)
        try:
            self._process.wait(10)
        finally:
            self._process.kill()
            self._process.wait()

    def _next(self) -> dict[str, Any]:
        until = time.monotonic() + DEADLINE
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._in], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise TimeoutError("Chromium says nothing")
            piece = os.read(self._in, 1_000_000)
            if not piece:
                raise RuntimeError("Chromium has ended")
            self._rest += piece
        message, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found


class Page:
    """A tab of its own. `requests` and `complaints` are what it has asked for, and what its console has said."""

    def __init__(
        self, browser: Browser, *, width: int = 1400, height: int = 900, dark: bool = False, scripts: bool = True
    ):
        self._browser = browser
        self._context = browser.send("Target.createBrowserContext")["browserContextId"]
        target = browser.send("Target.createTarget", url="about:blank", browserContextId=self._context)["targetId"]
        self._session = browser.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")
        self.resize(width, height)
        self.darken(dark)
        if not scripts:
            self.send("Emulation.setScriptExecutionDisabled", value=True)

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """A command for this page."""
        return self._browser.send(method, self._session, **params)

    def open(self, path: Path, fragment: str = "") -> Page:
        """Go to a file, and wait until it is loaded and its scripts have run."""
        self.send("Page.navigate", url="about:blank")
        self._browser.wait("Page.loadEventFired", self._session)
        self.send("Page.navigate", url=path.as_uri() + (f"#{fragment}" if fragment else ""))
        self._browser.wait("Page.loadEventFired", self._session)
        return self

    def value(self, expression: str) -> Any:
        """What a JavaScript expression gives, once its promise is kept; AssertionError where it raises."""
        answer = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, expression: str) -> Any:
        """What an expression gives, once that is true; AssertionError where it never is."""
        looked = f"""new Promise((done, failed) => {{
            const end = performance.now() + {DEADLINE * 1000};
            (function look() {{
                const found = ({expression});
                if (found) done(found);
                else if (performance.now() > end) failed(new Error("in vain"));
                else setTimeout(look, 10);
            }})();
        }})"""
        return self.value(looked)

    def resize(self, width: int, height: int) -> None:
        """Another size of the window, in pixels."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def darken(self, dark: bool) -> None:
        """What the user prefers."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", features=[scheme])

    def press(self, key: str, modifiers: int = 0) -> None:
        """A key, down and up; `modifiers` 2 is Control, 8 Shift."""
        known = {"key": key, "code": key, "windowsVirtualKeyCode": _KEYS[key], "modifiers": modifiers}
        self.send("Input.dispatchKeyEvent", type="rawKeyDown", **known)
        if key == "Enter":
            self.send("Input.dispatchKeyEvent", type="char", text="\r", **known)
        self.send("Input.dispatchKeyEvent", type="keyUp", **known)

    def type(self, text: str) -> None:
        """Text into what has the focus."""
        self.send("Input.insertText", text=text)

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """A screenshot of what is seen, or of the whole page."""
        data = self.send("Page.captureScreenshot", captureBeyondViewport=whole)["data"]
        path.write_bytes(base64.b64decode(data))

    @property
    def requests(self) -> list[str]:
        """The addresses that have been asked for since the page was made."""
        return [event["request"]["url"] for event in self._events("Network.requestWillBeSent")]

    @property
    def complaints(self) -> list[str]:
        """Exceptions, and what the console was told."""
        thrown = [event["exceptionDetails"]["text"] for event in self._events("Runtime.exceptionThrown")]
        logged = [event["entry"]["text"] for event in self._events("Log.entryAdded")]
        told = [str(event["args"]) for event in self._events("Runtime.consoleAPICalled")]
        return thrown + logged + told

    def close(self) -> None:
        """Close the tab, and forget its events."""
        self._browser.send("Target.disposeBrowserContext", browserContextId=self._context)
        self._browser.events = [event for event in self._browser.events if event.get("sessionId") != self._session]

    def _events(self, method: str) -> list[dict[str, Any]]:
        self.value("0")  # whatever came before this answer has come
        every = [event for event in self._browser.events if event.get("sessionId") == self._session]
        return [event["params"] for event in every if event.get("method") == method]


@contextlib.contextmanager
def browser(home: Path) -> Iterator[Browser]:
    """A Chromium with a new profile in `home`; skips the test where there is none."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    found = Browser(home)
    try:
        yield found
    finally:
        found.close()
