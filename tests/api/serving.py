"""An application on a real socket of this machine, in a thread of this process."""

import contextlib
import threading
import time

import uvicorn


@contextlib.contextmanager
def served(app):
    """Serve ``app`` and yield its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
