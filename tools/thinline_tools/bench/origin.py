"""The site of the web's figures: Debian's nginx on a port of loopback, over the documents as packages left them."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from thinline_tools.bench.documents import ROOT

__all__ = ["PROGRAM", "no_nginx", "origin"]

# A page that says nothing unless its program runs: at /made/program.html.
PROGRAM = """<!doctype html><title>Teas</title><noscript>JavaScript is needed.</noscript><script>
for (let tea = 1; tea < 200; tea++) document.write("<p>Tea number " + tea + " is drunk by " + tea * 31 % 977)
</script>"""
_PATIENCE_S = 20.0
_CONF = """daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
  types {{ text/html html; image/png png; image/gif gif; image/jpeg jpg jpeg; image/svg+xml svg; text/css css; }}
  default_type application/octet-stream;
  access_log off;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; root {root}; location /made/ {{ alias {folder}/; }} }}
}}
"""


def _program() -> str | None:
    return shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/opt/homebrew/bin")


def no_nginx() -> str:
    """Why there is no site here; empty where there can be one."""
    return "" if _program() else "nginx is missing (apt install nginx-light)"


@contextmanager
def origin(folder: Path) -> Iterator[int]:
    """Run it on a folder of its own; its port. It is ended by its id."""
    program = _program()
    assert program is not None, no_nginx()
    folder = folder.resolve()
    folder.mkdir(parents=True)
    (folder / "program.html").write_text(PROGRAM)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    (folder / "nginx.conf").write_text(_CONF.format(folder=folder, port=port, root=ROOT))
    process = subprocess.Popen([program, "-p", folder, "-c", folder / "nginx.conf"], stderr=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(_PATIENCE_S)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until it answers.

    Raises:
        RuntimeError: it ended instead, or does not answer.
    """
    until_s = time.monotonic() + _PATIENCE_S
    while process.poll() is None and time.monotonic() < until_s:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.01)
    raise RuntimeError("nginx does not answer")
