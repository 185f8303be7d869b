"""Ministack on a free port of 127.0.0.1, which it prints as soon as it answers there. Ends with standard input."""

import asyncio
import os
import socket
import sys
import threading

listener = socket.socket()
listener.bind(("127.0.0.1", 0))
port = listener.getsockname()[1]
# It reads both as it is imported.
os.environ["GATEWAY_PORT"] = str(port)
os.environ["BIND_HOST"] = "127.0.0.1"

from hypercorn.asyncio import serve  # noqa: E402
from hypercorn.config import Config  # noqa: E402
from ministack.app import app  # noqa: E402

config = Config()
config.bind = [f"fd://{listener.fileno()}"]
config.accesslog = None


def end_with_standard_input():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=end_with_standard_input, daemon=True).start()
# Whoever connects now waits until it accepts.
listener.listen(128)
said = os.dup(1)
os.dup2(2, 1)
os.write(said, f"http://127.0.0.1:{port}\n".encode())
asyncio.run(serve(app, config))
