"""h11 as a client, with requests written ahead of their answers: argument 1 is the server's port.

Prints "whole" when every answer came, in order and whole."""
import socket
import sys

import h11

COUNT = 200
server = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=20)

# h11 writes one request at a time: each is written by a connection of its own, all are sent at once.
written = b""
for number in range(COUNT):
    writer = h11.Connection(h11.CLIENT)
    content = b"%d" % number * number
    fields = [("Host", "a"), ("Content-Length", str(len(content))) if number % 2 else ("Transfer-Encoding", "chunked")]
    written += writer.send(h11.Request(method="POST", target="/echo", headers=fields))
    written += writer.send(h11.Data(data=content)) + writer.send(h11.EndOfMessage())
server.sendall(written)

rest = b""
for number in range(COUNT):
    reader = h11.Connection(h11.CLIENT)
    reader.send(h11.Request(method="POST", target="/echo", headers=[("Host", "a"), ("Content-Length", "0")]))
    reader.send(h11.EndOfMessage())
    if rest:
        reader.receive_data(rest)
    content = b""
    while True:
        event = reader.next_event()
        if event is h11.NEED_DATA:
            data = server.recv(65536)
            assert data, "the connection ended before answer %d" % number
            reader.receive_data(data)
        elif isinstance(event, h11.Response):
            assert event.status_code == 200, event
        elif isinstance(event, h11.Data):
            content += bytes(event.data)
        elif isinstance(event, h11.EndOfMessage):
            break
    assert content == b"%d" % number * number, (number, content)
    rest = reader.trailing_data[0]
assert rest == b""
print("whole")
