"""Writes a .env for the local demo from .env.example, with fresh random keys. Standard library only: it runs first."""

import base64
import os
import secrets
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def key():
    return base64.b64encode(secrets.token_bytes(32)).decode()


def demo_values():
    return {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_KEYS": f"k1:{key()}",
        "BLIND_INDEX_KEY": key(),
        "HTTPS": "false",
        "DEMO": "true",
        "STAFF_SECOND_FACTOR": "false",
    }


def main(target):
    """Write `target` (never over an existing file), readable by its owner only."""
    values = demo_values()
    lines = []
    for line in (ROOT / ".env.example").read_text(encoding="utf-8").splitlines():
        name, sign, value = line.partition("=")
        if sign and not line.startswith("#"):
            value = values.get(name, value)
            # An empty value would count as set: leave such a line as a comment, and the default stands.
            line = f"{name}={value}" if value else f"# {name}="
        lines.append(line)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    print(f"wrote {target} with fresh keys, in demo mode")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else ROOT / ".env")
