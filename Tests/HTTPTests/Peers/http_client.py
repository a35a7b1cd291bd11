"""Python's http.client against a server: argument 1 is its port. Prints "whole" when every answer was."""
import http.client
import sys

connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=20)


def ask(method, path, body=None, **options):
    connection.request(method, path, body, **options)
    answer = connection.getresponse()
    return answer, answer.read()


for round in range(50):
    answer, content = ask("GET", "/1k")
    assert (answer.status, len(content), answer.will_close) == (200, 1024, False), (answer.status, content)
    if round == 0:
        first = connection.sock
    assert connection.sock is first, "the connection was not kept"
    answer, content = ask("HEAD", "/1k")
    assert (answer.status, answer.getheader("Content-Length"), content) == (200, "1024", b"")
    sent = bytes(range(256)) * round * 8
    answer, content = ask("POST", "/echo", sent)
    assert (answer.status, content) == (200, sent)
    pieces = [b"a" * (round + 1), b"b" * 5000, b"c"]
    answer, content = ask("POST", "/echo", iter(pieces), encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
    assert (answer.status, content) == (200, b"".join(pieces))
    answer, content = ask("GET", "/none")
    assert answer.status == 404 and answer.getheader("Content-Type") == "application/problem+json"

answer, content = ask("GET", "/1k", headers={"Connection": "close"})
assert answer.status == 200 and answer.will_close and len(content) == 1024
print("whole")
