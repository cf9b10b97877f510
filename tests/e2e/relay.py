"""Stands between Syncline and a server, and rewrites what the server answers: for habits that no flavour has."""
import http.server
import json
import threading
import urllib.error
import urllib.request


class Relay:
    """rewrite(answer) gets each JSON answer as Python has it, and returns what is passed on."""

    def __init__(self, url, rewrite):
        self.upstream, self.rewrite = url, rewrite
        relay = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                status, body = relay.fetch(self.path, self.rfile.read(int(self.headers.get("Content-Length") or 0)), self.headers)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = answer

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def fetch(self, path, body, headers):
        request = urllib.request.Request(self.upstream + path, data=body or None)
        if body:
            request.add_header("Content-Type", headers["Content-Type"])
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                status, text = error.code, error.read()
        return status, json.dumps(self.rewrite(json.loads(text)), ensure_ascii=False).encode()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
