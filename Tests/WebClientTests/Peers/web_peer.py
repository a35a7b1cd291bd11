"""A server that does what a request's path says, and a CONNECT proxy; TLS with a certificate and its key as arguments.

Says its port in the first line that it writes, then one line for each thing that happens. Ends with its standard input.
"""
import os
import socket
import ssl
import struct
import sys
import threading

lock = threading.Lock()
connections = 0
refusals = 0


def say(text):
    with lock:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


def read_head(stream):
    lines = []
    while True:
        line = stream.readline(65537)
        if not line:
            return None
        if line == b"\r\n":
            return lines
        lines.append(line.rstrip(b"\r\n").decode("latin-1"))


def read_content(stream, fields):
    if fields.get("transfer-encoding") == "chunked":
        content = b""
        while True:
            count = int(stream.readline(), 16)
            content += stream.read(count)
            stream.readline()
            if count == 0:
                return content
    return stream.read(int(fields.get("content-length", "0")))


def answer(connection, content, status="200 OK", more=""):
    if isinstance(content, str):
        content = content.encode()
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(content)}\r\n{more}\r\n"
    connection.sendall(head.encode() + content)


def relay(one, other):
    try:
        while data := one.recv(65536):
            other.sendall(data)
    except OSError:
        pass
    for end in (one, other):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def tunnel(connection, place):
    say(f"connect {place}")
    if place.endswith(":1"):
        answer(connection, "", "403 Forbidden")
        return
    host, port = place.rsplit(":", 1)
    other = socket.create_connection((host, int(port)))
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    threading.Thread(target=relay, args=(other, connection), daemon=True).start()
    relay(connection, other)


RAW = {
    "/both-lengths": "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "/two-lengths": "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhell",
    "/no-status": "hello\r\n\r\n",
    "/no-name": "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n a: b\r\n\r\n",
    "/switch": "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    "/interim": "HTTP/1.1 103 Early\r\n\r\n" * 9 + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "/short": "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhell",
    "/short-chunk": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
    "/bad-chunk": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
    "/nothing": "",
    "/large-head": "HTTP/1.1 200 OK\r\nA: " + "x" * 40000 + "\r\nContent-Length: 0\r\n\r\n",
    "/many-fields": "HTTP/1.1 200 OK\r\n" + "A: b\r\n" * 101 + "Content-Length: 0\r\n\r\n",
    "/http09": "just text",
}


def wait_for_end(stream):
    """Until the client ends the connection, with a reset where it left bytes unread."""
    try:
        stream.read(1)
    except OSError:
        pass
    say("gone")


def drain(stream):
    """Takes what still comes until the client ends the connection."""
    try:
        while stream.read1(65536):
            pass
    except OSError:
        pass
    say("gone")


def refuse(limit):
    """Whether this request is one of the first that are refused."""
    global refusals
    with lock:
        refusals += 1
        return refusals <= limit


def respond(connection, stream, method, path, fields, number):
    """Answers one request; false to end the connection."""
    if path in RAW:
        connection.sendall(RAW[path].encode())
        return False
    if path == "/silent":
        say("silent")
        wait_for_end(stream)
        return False
    if path == "/stall":
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhell")
        say("stalled")
        wait_for_end(stream)
        return False
    if path == "/reset":
        stream.close()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False
    if path == "/die":
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhell")
        os._exit(0)
    if path == "/trailers":
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 5\r\n\r\n"
        )
    elif path.startswith("/to/"):
        answer(connection, "", "302 Found", f"Location: {path[4:]}\r\n")
    elif path == "/loop":
        answer(connection, "", "302 Found", "Location: /loop\r\n")
    elif path == "/head":
        content = "\n".join(f"{name}: {value}" for name, value in sorted(fields.items()))
        answer(connection, f"{method}\n{content}")
    elif path.startswith("/busy/"):
        if refuse(int(path[6:])):
            answer(connection, "", "503 Service Unavailable", "Retry-After: 0\r\n")
        else:
            answer(connection, "at last")
        say("asked")
    elif path == "/once":
        answer(connection, f"{number}")
        return False
    elif path == "/early":
        # Closed at once, with content unread, the reset could overtake the answer (RFC 9112 section 9.6).
        answer(connection, "enough", "413 Content Too Large")
        connection.shutdown(socket.SHUT_WR)
        drain(stream)
        return False
    elif path == "/endless":
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                connection.sendall(b"x" * 65536)
        except OSError:
            say("gone")
        return False
    elif path == "/stuck":
        say("stuck")
        threading.Event().wait()
    elif path == "/count":
        answer(connection, str(len(read_content(stream, fields))))
    elif path == "/echo":
        answer(connection, read_content(stream, fields))
    else:
        answer(connection, f"{number}")
    return True


def serve(raw, context):
    global connections
    try:
        connection = context.wrap_socket(raw, server_side=True) if context else raw
        with lock:
            connections += 1
            number = connections
        stream = connection.makefile("rb")
        while lines := read_head(stream):
            method, path, _ = lines[0].split(" ", 2)
            fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
            if method == "CONNECT":
                tunnel(connection, path)
                break
            if path.startswith("http://"):
                say(f"forward {path}")
                path = "/" + path.split("/", 3)[3]
            if not respond(connection, stream, method, path, fields, number):
                break
        connection.close()
    except (OSError, ValueError):
        pass
    finally:
        raw.close()


def main():
    context = None
    if len(sys.argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)

    def accept():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=(connection, context), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    say(str(listener.getsockname()[1]))
    sys.stdin.read()
    os._exit(0)


main()
