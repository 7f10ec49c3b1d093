"""The playground's HTTP server: it answers this machine alone, and only whoever knows the token.

Every address begins with a token, and each server draws a new one: http://127.0.0.1:8765/TOKEN/. A web page from elsewhere
does not know it. Host and Origin are checked too, so that neither a foreign page nor a foreign name for this machine (DNS
rebinding) gets an answer. A request has 15 seconds and limited sizes; there are at most 32 connections.
"""

import contextlib
import hmac
import json
import re
import secrets
import socket
import threading
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from ..shapes import message
from .routes import Refused, Request, routes

ADDRESS = "127.0.0.1"
MOST_CONNECTIONS, SECONDS = 32, 15                                 # of a connection that asks nothing, or too slowly
LONGEST_ADDRESS, MOST_UNREAD = 1000, 50_000_000
HEADERS = {
    "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
                               "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}


class Server(ThreadingHTTPServer):
    """Serve `session` on a port of this machine: the first free one of `ports`.

    Raises: OSError if none of them is free.
    """

    daemon_threads, request_queue_size = True, 64
    allow_reuse_address = hasattr(socket, "AF_UNIX")               # on Windows it would let two servers share a port

    def __init__(self, session, ports):
        self.token, self.routes = secrets.token_urlsafe(16), routes(session)
        self.slots, self.waiting = threading.BoundedSemaphore(MOST_CONNECTIONS), {}
        for port in ports:
            try:
                super().__init__((ADDRESS, port), Handler)
                break
            except OSError as problem:
                failed = problem
        else:
            raise OSError(message("minicnn playground", f"a free port from {ports[0]} to {ports[-1]}", failed.strerror,
                                  "--port 0 lets the system choose one"))

    @property
    def address(self):
        """What to open in the browser."""
        return f"http://{ADDRESS}:{self.server_port}/{self.token}/"

    def server_bind(self):
        """Bind the port. HTTPServer would also ask the network for this machine's name."""
        super(ThreadingHTTPServer, self).server_bind()
        self.server_name, self.server_port = self.server_address[:2]

    def process_request(self, request, client_address):
        """Answer in a thread of its own, unless there are too many."""
        if self.slots.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request, client_address):
        """Answer, then free the slot."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.slots.release()

    def service_actions(self):
        """End the connections that kept us waiting too long. The server calls this twice a second."""
        for connection, since in list(self.waiting.items()):
            if time.monotonic() - since > SECONDS:
                self.waiting.pop(connection, None)
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)          # its thread then reads the end of the stream

    def handle_error(self, request, client_address):
        """A client that left in the middle is no error of ours."""


class Handler(BaseHTTPRequestHandler):
    """One connection: read a request, check it, answer."""

    protocol_version, server_version, sys_version = "HTTP/1.1", "minicnn", ""
    disable_nagle_algorithm = True                                 # a small answer must not wait for a second one
    wbufsize = -1                                                  # headers and body leave together

    def handle_one_request(self):
        """Read and answer one request, within the time."""
        self.server.waiting[self.connection] = time.monotonic()
        super().handle_one_request()

    def finish(self):
        """End the connection. What was not read is read first: else the client might lose our answer to a reset."""
        self.server.waiting[self.connection] = time.monotonic()
        with contextlib.suppress(OSError):
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_WR)
            left = MOST_UNREAD
            while left > 0 and (part := self.connection.recv(65536)):
                left -= len(part)
        self.server.waiting.pop(self.connection, None)
        super().finish()

    def answer(self):
        """Check the request and answer it: every method comes here."""
        try:
            route, request = self._checked()
            self.server.waiting.pop(self.connection, None)         # our own work may take as long as it takes
            status, kind, body = 200, *route.answer(request)
        except Refused as refused:
            status, kind, body = refused.status, "application/json", json.dumps({"error": str(refused)}).encode()
            self.close_connection = True                           # its body may not have been read
        except OSError:                                            # the client has left
            raise
        except Exception:                                          # a mistake in our program
            traceback.print_exc()
            text = "the playground made a mistake; its terminal says where"
            status, kind, body = 500, "application/json", json.dumps({"error": text}).encode()
        self.send_response(status)
        for name, value in {**HEADERS, "Content-Type": kind, "Content-Length": len(body)}.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_HEAD = do_TRACE = do_CONNECT = answer

    def _checked(self):
        """The route and the Request, or Refused."""
        hosts = {f"{name}:{self.server.server_port}" for name in (ADDRESS, "localhost")}
        if len(self.path) > LONGEST_ADDRESS:
            raise Refused(414, "the address is too long")
        if self.headers.get_all("Host", []) not in [[host] for host in hosts]:
            raise Refused(403, "this server answers to 127.0.0.1 only")
        if self._foreign(hosts):
            raise Refused(403, "the request comes from another page")
        parts = re.fullmatch(r"/([^/?#]*)/([^?#]*)(\?[^#]*)?", self.path)
        if not parts or not hmac.compare_digest(parts[1].encode(), self.server.token.encode()):
            raise Refused(403, "the address lacks the token: open the address that the terminal shows")
        route = self.server.routes.get(parts[2])
        if route is None:
            raise Refused(404, "there is no such page")
        if self.command != route.method:
            raise Refused(405, f"expected {route.method}, got {self.command}")
        return route, Request(self._query(parts[3]), self._body(route))

    def _foreign(self, hosts):
        """Whether a page of another origin sent the request. What changes something must name its origin."""
        origins = self.headers.get_all("Origin", [])
        ours = [[f"http://{host}"] for host in hosts] + ([[]] if self.command in ("GET", "HEAD") else [])
        return origins not in ours or self.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none")

    def _query(self, text):
        try:
            pairs = parse_qsl(urlsplit(text or "").query, keep_blank_values=True, strict_parsing=bool(text and text != "?"),
                              max_num_fields=10, errors="strict")
        except ValueError:
            raise Refused(400, "the address has a damaged query") from None
        if len(dict(pairs)) != len(pairs):
            raise Refused(400, "the address names a setting twice")
        return dict(pairs)

    def _body(self, route):
        lengths = self.headers.get_all("Content-Length", [])
        if "Transfer-Encoding" in self.headers:
            raise Refused(411, "the request must say its length")
        if route.method == "GET":
            if lengths not in ([], ["0"]):
                raise Refused(400, "a GET has no body")
            return b""
        if len(lengths) != 1 or not re.fullmatch(r"[0-9]{1,9}", lengths[0]):
            raise Refused(411, "the request must say its length")
        if int(lengths[0]) > route.most:
            raise Refused(413, f"expected at most {route.most:,} bytes, got {int(lengths[0]):,}")
        if self.headers.get_all("Content-Type", []) != [route.takes]:
            raise Refused(415, f"expected Content-Type {route.takes}")
        body = self.rfile.read(int(lengths[0]))
        if len(body) != int(lengths[0]):
            raise Refused(400, "the request ended too soon")
        return body

    def send_error(self, code, message=None, explain=None):
        """Answer a request that is no HTTP, without the page that http.server would write."""
        self.close_connection = True
        body = json.dumps({"error": message or "this is not a request"}).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Print nothing: the terminal shows the address, and the token is in every path."""
