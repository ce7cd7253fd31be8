# SPDX-License-Identifier: Apache-2.0
"""Keys of networks: 16 bytes, written as 32 hexadecimal digits."""

import os
import re
import secrets

AES_KEY_LENGTH = 16
_MACHINE_KEY = "/etc/dsn/keys/k1.key"


def generate_aes_key():
    return secrets.token_bytes(AES_KEY_LENGTH)


def is_key(text):
    return isinstance(text, str) and re.fullmatch("[0-9a-fA-F]{32}", text) is not None


def write_key(path, key):
    """For this user alone. FileExistsError if there is such a file."""
    with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(key + "\n")


def usual_key_file():
    """The key of programs that give none: that of this machine, if this user may read it, else this
    user's own, which is made if it is not there."""
    if os.access(_MACHINE_KEY, os.R_OK):
        return _MACHINE_KEY
    folder = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    path = os.path.join(folder, "dsn", "k1.key")
    if not os.path.exists(path):
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        # Two programs may do this at once: the first one that has all of it wins.
        new = f"{path}.{secrets.token_hex(4)}"
        write_key(new, generate_aes_key().hex())
        try:
            os.link(new, path)
        except FileExistsError:
            pass
        os.unlink(new)
    return path
