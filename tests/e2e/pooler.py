"""Stands between Syncline and Postgres as poolers and hosted databases do: it speaks TLS, and sends what it has gathered at once, in
records of TLS as large as they may be. Postgres itself sends 8 KiB at a time."""
import select
import socket
import ssl
import threading
import time

GATHERED = 64 * 1024


class Pooler:
    def __init__(self, port, certificate, key):
        self.target = ("127.0.0.1", port)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        with client, socket.create_connection(self.target) as server:
            try:
                client.recv(8, socket.MSG_WAITALL)  # may we speak TLS?
                client.sendall(b"S")
                with self.context.wrap_socket(client, server_side=True) as secure:
                    while self.pass_on(secure, server):
                        pass
            except OSError:
                pass  # one side has ended

    @staticmethod
    def pass_on(secure, server):
        readable = [secure] if secure.pending() else select.select([secure, server], [], [])[0]
        if secure in readable:
            asked = secure.recv(GATHERED)
            server.sendall(asked)
            return asked
        time.sleep(0.01)
        answer = server.recv(GATHERED)
        secure.sendall(answer)
        return answer

    def close(self):
        self.listener.close()
