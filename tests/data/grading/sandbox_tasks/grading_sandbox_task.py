"""Misbehaving tasks for the sandbox's own tests; the payload picks what goes wrong."""

import os
import signal
import time
from pathlib import Path


def run(payload: bytes) -> bytes:
    match payload:
        case b"spin":
            while True:
                pass
        case b"sleep":
            time.sleep(60)
        case b"eat":
            return bytes(len(bytearray(1 << 34)))
        case b"creep":
            kept = []
            while True:
                kept.append(bytearray(1 << 20))
        case b"kill":
            os.kill(os.getpid(), signal.SIGSEGV)
        case b"raise":
            raise RuntimeError("no")
        case b"write":
            Path("/tmp/grading-sandbox-must-not-write").write_text("x")
        case b"print":
            print("noise on stdout")
    return b"ok:" + payload
