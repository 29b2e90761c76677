"""A server that is never the bottleneck: nginx, or a small C program where there is none."""

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator

NGINX_CONFIGURATION = """
daemon off;
master_process off;
worker_processes 1;
worker_rlimit_nofile 65536;
error_log stderr crit;
pid {folder}/nginx.pid;
events {{ worker_connections 30000; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} backlog=8192;
        location / {{ default_type text/plain; return 200 "hello world"; }}
    }}
}}
"""
READY_WITHIN = 10.0


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pinned(core: int, command: list[str]) -> list[str]:
    """Return `command` bound to one processor core, where the machine has that many."""
    if shutil.which("taskset") and core < (os.cpu_count() or 1):
        return ["taskset", "-c", str(core), *command]
    return command


@contextlib.contextmanager
def serving(folder: pathlib.Path, core: int = 1) -> Iterator[int]:
    """Run the server on 127.0.0.1 for as long as the block lasts; gives its port."""
    port = free_port()
    process = subprocess.Popen(pinned(core, server_command(folder, port)))
    try:
        wait_for(process, port)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def server_command(folder: pathlib.Path, port: int) -> list[str]:
    """Return what starts nginx, or else the C server, which is compiled first."""
    nginx = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if nginx:
        configuration = folder / "nginx.conf"
        configuration.write_text(NGINX_CONFIGURATION.format(folder=folder, port=port))
        return [nginx, "-p", str(folder), "-c", str(configuration)]
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise SystemExit("The benchmark needs nginx (apt-get install nginx-light) or a C compiler.")
    binary = folder / "server"
    source = pathlib.Path(__file__).parent / "server.c"
    subprocess.run([compiler, "-O2", "-o", str(binary), str(source)], check=True)
    return [str(binary), str(port)]


def wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    """Return when the server accepts connections; end the program when it never does."""
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise SystemExit("The server of the benchmark did not start.")
