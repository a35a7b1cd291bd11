"""Keeps one WebSocket over TLS: PORT CA. Prints `open`, then `echo` each time that what it sent has come back."""

import os
import socket
import ssl
import sys
import time

port, authority = int(sys.argv[1]), sys.argv[2]
context = ssl.create_default_context(cafile=authority)
context.set_alpn_protocols(["http/1.1"])
connection = context.wrap_socket(socket.create_connection(("localhost", port)), server_hostname="localhost")
connection.settimeout(20)
connection.sendall(
    b"GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def read(count):
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            sys.exit("the connection has ended")
        data += part
    return data


head = b""
while not head.endswith(b"\r\n\r\n"):
    head += read(1)
if not head.startswith(b"HTTP/1.1 101 "):
    sys.exit(f"no WebSocket: {head!r}")
print("open", flush=True)
while True:
    # A whole masked frame of binary data (RFC 6455 §5.2), for a server that sends it back as it came.
    frame = b"\x82\x84" + b"\0\0\0\0" + os.urandom(4)
    connection.sendall(frame)
    if read(len(frame)) != frame:
        sys.exit("something else came back")
    print("echo", flush=True)
    time.sleep(0.05)
