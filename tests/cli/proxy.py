"""A proxy between a command and a service: keeps a log of what was answered, and can change answers, cut them
short, hold requests, hang up, or kill the client when a request arrives."""

import hashlib
import http.client
import http.server
import socket
import threading
import urllib.parse


class Proxy:
    """allow: how many further requests are passed on; the one after them kills `victim` (a Popen) instead.
    change(path, status, body): what is answered in their place; or None."""

    def __init__(self, url):
        self.target = urllib.parse.urlsplit(url)
        self.answered = []  # (path, digest of the request's body)
        self.headers = []  # of each request, as it came
        self.allow = None
        self.cut = False  # the request that is not allowed gets half an answer first
        self.victim = None
        self.change = None
        self.drop = 0  # so many requests get no answer, but the end of the connection
        self.holding = threading.Event()  # a request is being held
        self.release = threading.Event()  # what is held may go on
        self.connections = []
        self.hold = None  # the path whose requests are held
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                super().setup()
                proxy.connections.append(self.connection)

            def do_POST(self):
                proxy.handle(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self.release.set()
        self.server.shutdown()
        self.server.server_close()

    def hang_up(self):
        """Closes the port and all connections: from here on nobody is there."""
        self.server.shutdown()
        self.server.server_close()
        for connection in self.connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def paths(self):
        return [path for path, _ in self.answered]

    def ask(self, request, body):
        connection = http.client.HTTPConnection(self.target.hostname, self.target.port, timeout=60)
        headers = {k: v for k, v in request.headers.items() if k.lower() not in ("host", "content-length")}
        connection.request("POST", request.path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content

    def handle(self, request):
        body = request.rfile.read(int(request.headers["Content-Length"]))
        self.headers.append(dict(request.headers))
        if self.drop > 0:
            self.drop -= 1
            request.close_connection = True
            return
        if self.hold == request.path:
            self.holding.set()
            self.release.wait(60)
        is_last = self.allow == 0
        if is_last and not self.cut:
            self.kill(request)
            return
        status, content = self.ask(request, body)
        if self.change is not None:
            status, content = self.change(request.path, status, content) or (status, content)
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        if is_last:
            request.wfile.write(content[: len(content) // 2])
            self.kill(request)
            return
        if self.allow is not None:
            self.allow -= 1
        self.answered.append((request.path, hashlib.sha256(body).hexdigest()))
        request.wfile.write(content)

    def kill(self, request):
        self.victim.kill()
        self.victim.wait()
        request.close_connection = True
