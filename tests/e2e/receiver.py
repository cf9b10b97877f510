"""A receiver of webhooks: writes down what comes, checks it by Standard Webhooks, and answers as a test wants."""
import base64
import hashlib
import hmac
import http.server
import json
import ssl
import threading
import time


class Message:
    def __init__(self, headers, body):
        self.headers, self.body = headers, body
        self.id, self.timestamp = headers["webhook-id"], headers["webhook-timestamp"]

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def type(self):
        return self.json["type"]

    def signed_with(self, secret):
        key = base64.b64decode(secret.removeprefix("whsec_"))
        digest = hmac.new(key, f"{self.id}.{self.timestamp}.".encode() + self.body, hashlib.sha256).digest()
        return "v1," + base64.b64encode(digest).decode() in self.headers["webhook-signature"].split()


class Receiver:
    """answer: a function of a request handler and a message, in place of a plain 204."""

    def __init__(self):
        self.messages, self.paths, self.answer = [], [], None
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                message = Message(self.headers, self.rfile.read(int(self.headers["Content-Length"])))
                receiver.paths.append(self.path)
                receiver.messages.append(message)
                try:
                    if receiver.answer:
                        receiver.answer(self, message)
                    else:
                        plain(204)(self, message)
                except OSError:
                    pass  # the sender went away

            def do_GET(self):
                receiver.paths.append("GET " + self.path)
                plain(200)(self, None)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def behind_tls(self, certificate, key):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def forget(self):
        self.messages.clear()
        self.paths.clear()
        self.answer = None

    def ids(self):
        return [message.id for message in self.messages]

    def types(self):
        return sorted(message.type for message in self.messages)


def plain(status, **headers):
    def answer(handler, _):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()
    return answer


def first(times, answer):
    """answer, for the first so many messages; then 204."""
    left = [times]

    def choose(handler, message):
        left[0] -= 1
        (answer if left[0] >= 0 else plain(204))(handler, message)
    return choose


def silent(event):
    """Says nothing until the event."""
    def answer(handler, message):
        event.wait(60)
        plain(204)(handler, message)
    return answer


def endless(status):
    """A gigabyte, as fast as it is taken."""
    def answer(handler, _):
        handler.send_response(status)
        handler.send_header("Content-Length", str(1 << 30))
        handler.end_headers()
        sent = handler.server.endless_bytes = 0
        while sent < 1 << 30:
            handler.wfile.write(b"x" * 65536)
            sent = handler.server.endless_bytes = sent + 65536
    return answer


def endless_headers(handler, _):
    """The same, of headers."""
    handler.wfile.write(b"HTTP/1.1 500 No\r\n")
    sent = handler.server.endless_bytes = 0
    while sent < 1 << 30:
        handler.wfile.write(b"X-More: " + b"x" * 8000 + b"\r\n")
        sent = handler.server.endless_bytes = sent + 8010


def dripping(handler, _):
    """A byte each while: never a whole answer."""
    handler.send_response(500)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    while True:
        handler.wfile.write(b"x")
        time.sleep(0.1)
