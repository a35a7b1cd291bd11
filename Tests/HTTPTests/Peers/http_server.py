"""Python's http.server for a client's tests: argument 1 is the version it speaks (HTTP/1.0 or HTTP/1.1).

GET /N answers N bytes, by length or, with /N?chunked, in chunks; POST answers what it got. Prints its port."""
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = sys.argv[1]
    disable_nagle_algorithm = True

    def do_GET(self):
        count, _, form = self.path[1:].partition("?")
        content = bytes(index % 251 for index in range(int(count)))
        self.send_response(200)
        if form == "chunked":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for start in range(0, len(content), 1000):
                piece = content[start : start + 1000]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.write(b"0\r\nX-Sum: %d\r\n\r\n" % len(content))
        else:
            self.answer(content)

    do_HEAD = do_GET

    def do_POST(self):
        self.send_response(200)
        self.answer(self.rfile.read(int(self.headers["Content-Length"])))

    def answer(self, content):
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_port, flush=True)
server.serve_forever()
