# SPDX-License-Identifier: Apache-2.0
"""A browser without a window, for tests of the page of dsn-web: Chromium, by its DevTools protocol."""

import json
import os
import shutil
import subprocess
import tempfile

import lan

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
           "--disable-extensions", "--disable-background-networking", "--disable-component-update",
           "--lang=en-US", "--remote-debugging-pipe"]
KEYS = {"Tab": 9, "Enter": 13, " ": 32}


class Browser:
    """One page. `requests` are the addresses that it asked for, `problems` what it complained of."""

    def __init__(self, test):
        if PROGRAM is None:
            test.skipTest("chromium is not installed")
        self.folder = tempfile.TemporaryDirectory(prefix="dsn-browser-", ignore_cleanup_errors=True)
        commands, self.commands = os.pipe()
        self.answers, answers = os.pipe()
        # It reads commands from descriptor 3, and writes to 4.
        self.process = subprocess.Popen(
            ["sh", "-c", f'exec "$@" 3<&{commands} 4>&{answers}', "sh", PROGRAM, *OPTIONS,
             f"--user-data-dir={self.folder.name}", "about:blank"],
            pass_fds=(commands, answers), env={**os.environ, "HOME": self.folder.name},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        os.close(commands)
        os.close(answers)
        test.addCleanup(self.close)
        self.buffer = b""
        self.number = 0
        self.session = None
        self.requests, self.problems = [], []
        target = next(target for target in self.call("Target.getTargets")["targetInfos"]
                      if target["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log", "Accessibility"):
            self.call(f"{domain}.enable")

    def close(self):
        # It has children, in a session of its own.
        try:
            os.killpg(self.process.pid, 9)
        except ProcessLookupError:
            pass
        self.process.wait()
        os.close(self.commands)
        os.close(self.answers)
        self.folder.cleanup()

    def _read(self):
        while b"\0" not in self.buffer:
            piece = os.read(self.answers, 1 << 16)
            if not piece:
                raise EOFError("the browser ended")
            self.buffer += piece
        message, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(message)

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise ValueError(f"{method}: {answer['error']}")
                return answer["result"]
            self._note(answer)

    def _note(self, event):
        params = event.get("params", {})
        if event.get("method") == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif event.get("method") == "Runtime.exceptionThrown":
            self.problems.append(params["exceptionDetails"])
        elif event.get("method") == "Log.entryAdded" and params["entry"]["source"] != "network":
            self.problems.append(params["entry"])

    def evaluate(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise ValueError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def wait(self, expression, timeout=20):
        """Until the expression is true in the page."""
        return lan.wait_until(lambda: self.evaluate(expression), timeout,
                              f"{expression}; {self.problems}")

    def open(self, url, width=1000, height=800):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=width < 600)
        self.call("Page.navigate", url=url)

    def click(self, selector, until):
        """Clicks until the expression is true: what comes meanwhile may move the place away."""
        self.wait(f"!!document.querySelector({selector!r})")
        pause = 0

        def is_done():
            nonlocal pause
            if self.evaluate(until):
                return True
            if pause == 0:
                self._click_once(selector)
            pause = (pause + 1) % 50
            return False
        lan.wait_until(is_done, 20, f"{until}; {self.problems}")

    def _click_once(self, selector):
        x, y = self.evaluate(
            f"(() => {{ const of = document.querySelector({selector!r}); of.scrollIntoView({{block: 'center'}});"
            " const at = of.getBoundingClientRect();"
            " return [at.x + Math.min(at.width, 20) / 2, at.y + at.height / 2]; })()")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def press(self, key):
        text = {"Enter": "\r", " ": " "}.get(key)
        more = {"text": text} if text else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, code=key if key != " " else "Space",
                  windowsVirtualKeyCode=KEYS[key], **more)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=KEYS[key])

    def type(self, text):
        self.call("Input.insertText", text=text)

    def tab_to(self, expression, most=60):
        """Presses Tab until this is true of `document.activeElement`, called `at`."""
        for _ in range(most):
            self.press("Tab")
            if self.evaluate(f"(at => {expression})(document.activeElement)"):
                return
        raise AssertionError(f"no Tab leads to: {expression}")

    def controls(self):
        """(role, name) of all that a screen reader offers to act on, and of pictures."""
        roles = {"link", "button", "searchbox", "textbox", "DisclosureTriangle", "image", "img", "graphics-document"}
        nodes = self.call("Accessibility.getFullAXTree")["nodes"]
        return [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes
                if not node.get("ignored") and node.get("role", {}).get("value") in roles]
