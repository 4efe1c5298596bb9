"""What code that broke out of a parser would try; the payload names the attempt, the result is what it gained."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path


def run(payload: bytes) -> bytes:
    name, _, argument = payload.decode().partition(" ")
    try:
        return repr(ATTEMPTS[name](argument)).encode()
    except (OSError, RuntimeError) as error:
        return f"refused: {type(error).__name__}".encode()


def _connect(argument: str) -> object:
    host, port = argument.split(":")
    with socket.create_connection((host, int(port)), timeout=2) as connection:
        return connection.recv(100)


def _connect_unix(argument: str) -> object:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(argument)
        return connection.recv(100)


def _send_udp(argument: str) -> object:
    """UDP is beyond Landlock: only the filter of system calls refuses it."""
    host, port = argument.split(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        return sender.sendto(b"CANARY", (host, int(port)))


def _fork_bomb(_: str) -> object:
    return sum(os.fork() == 0 for _ in range(100))


def _thread(_: str) -> object:
    thread = threading.Thread(target=print)
    thread.start()
    return thread.ident


def _other_memory(argument: str) -> object:
    """process_vm_readv, which needs no file."""
    if ctypes.CDLL(None, use_errno=True).syscall(310, int(argument), None, 0, None, 0, 0) < 0:
        raise OSError("no")
    return "read"


def _inherited(_: str) -> object:
    """Descriptors that lead anywhere: the warm process's requests and replies."""
    return [number for number in range(3, 256) if _is_open(number)]


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


ATTEMPTS: dict[str, Callable[[str], object]] = {
    "read": lambda argument: Path(argument).read_bytes(),
    "list": os.listdir,
    "write": lambda argument: Path(argument).write_text("x"),
    "append": lambda argument: os.open(argument, os.O_WRONLY | os.O_APPEND),
    "truncate": lambda argument: os.truncate(argument, 0),
    "delete": os.unlink,
    "rename": lambda argument: Path(argument).rename(argument + ".moved"),
    "mkdir": lambda argument: Path(argument).mkdir(),
    "chmod": lambda argument: Path(argument).chmod(0o777),
    "environment": lambda _: dict(os.environ),
    "connect": _connect,
    "connect-unix": _connect_unix,
    "send-udp": _send_udp,
    "listen": lambda _: socket.create_server(("127.0.0.1", 0)),
    "fork": _fork_bomb,
    "thread": _thread,
    "program": lambda _: subprocess.run([sys.executable, "-c", "pass"], check=True),
    "exec": lambda _: os.execv(sys.executable, [sys.executable, "-c", "pass"]),
    "signal": lambda argument: os.kill(int(argument), signal.SIGKILL),
    "other-memory": _other_memory,
    "inherited": _inherited,
    "root": lambda _: os.setuid(0),
    "import": lambda _: __import__("sqlite3").__name__,
}
