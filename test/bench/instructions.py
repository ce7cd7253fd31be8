#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What an update and a second of rest cost in instructions, for comparison with later changes.

    instructions.py PATH_OF_instructions [KEYS [UPDATES]]

Under callgrind (Debian: valgrind), in a network namespace of its own. What the kernel does is not in it.
With CALLGRIND_OUT=FILE the profiles are kept, for callgrind_annotate.
"""

import json
import os
import re
import secrets
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../integration"))
import lan  # noqa: E402

REST_SECONDS = 20


def counted(program, function, keys, updates):
    """Instructions within the function, all calls together."""
    kept = os.environ.get("CALLGRIND_OUT")
    out = f"{kept}.{function}" if kept else "/dev/null"
    with tempfile.TemporaryDirectory(prefix="dsn-bench-") as folder:
        with open(os.path.join(folder, "node.yaml"), "w") as file:
            json.dump({"interfaces": ["lo"], "port": 0, "aes_key": secrets.token_hex(16)}, file)
        ran = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--toggle-collect=*{function}(*",
             f"--callgrind-out-file={out}", program, folder, str(keys), str(updates), str(REST_SECONDS if "rest" in function else 0)],
            capture_output=True, text=True)
    if ran.returncode != 0:
        sys.exit(f"{function}: {ran.stderr[-2000:]}")
    return int(re.search(r"Collected : (\d+)", ran.stderr).group(1))


def main():
    program = os.path.abspath(sys.argv[1])
    keys = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    updates = int(sys.argv[3]) if len(sys.argv) > 3 else 300
    subprocess.run(["ip", "link", "set", "lo", "up", "multicast", "on"], check=True)
    for name, function, by in (("sending an update to 1 reader", "bench_send", updates),
                               ("receiving it", "bench_receive", updates),
                               ("a second of rest, 2 nodes", "bench_rest", REST_SECONDS)):
        each = counted(program, function, keys, 1 if by == REST_SECONDS else updates) / by
        print(f"{name}, {keys} keys: {each:.0f} instructions", flush=True)


if __name__ == "__main__":
    lan.enter()
    main()
