// Minimal single-threaded epoll HTTP/1.1 server: the floor of loopback TCP on this machine.
// usage: epoll_server PORT
// Answers 1 KiB of JSON to any GET, keeps the connection, and honours "Connection: close" by
// looking for these bytes. Expects a whole request in one read, which is how wrk sends it.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BODY_BYTES = 1024, MAX_EVENTS = 256 };

struct response {
  char bytes[2048];
  int count;
};

static void render(struct response *response, const char *extra_header) {
  static const char head[] = "{\"message\":\"hello\",\"pad\":\"", tail[] = "\"}";
  const int pad = BODY_BYTES - (int)(sizeof head - 1) - (int)(sizeof tail - 1);
  response->count = sprintf(response->bytes,
                            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%s"
                            "Content-Length: %d\r\n\r\n%s%*s%s",
                            extra_header, BODY_BYTES, head, pad, "", tail);
  memset(response->bytes + response->count - (int)(sizeof tail - 1) - pad, 'x', pad);
}

static int listen_on(int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons(port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, (void *)&address, sizeof address) || listen(fd, 4096)) {
    perror("bind");
    exit(1);
  }
  return fd;
}

int main(int argc, char **argv) {
  if (argc != 2) return fprintf(stderr, "usage: %s PORT\n", argv[0]), 2;
  static struct response responses[2];
  static char buffer[16384];
  render(&responses[0], "");
  render(&responses[1], "Connection: close\r\n");

  const int listener = listen_on(atoi(argv[1]));
  const int epoll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[MAX_EVENTS];
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);

  for (;;) {
    const int ready = epoll_wait(epoll, events, MAX_EVENTS, -1);
    for (int i = 0; i < ready; i++) {
      const int fd = events[i].data.fd;
      if (fd == listener) {
        int client, on = 1;
        while ((client = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0) {
          setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
          event.events = EPOLLIN;
          event.data.fd = client;
          epoll_ctl(epoll, EPOLL_CTL_ADD, client, &event);
        }
        continue;
      }
      const ssize_t received = recv(fd, buffer, sizeof buffer, 0);
      if (received <= 0) {
        close(fd);
        continue;
      }
      if (received < 4 || memcmp(buffer + received - 4, "\r\n\r\n", 4)) continue;
      const int last = memmem(buffer, received, "Connection: close", 17) != 0;
      const struct response *response = &responses[last];
      const ssize_t sent = send(fd, response->bytes, response->count, MSG_NOSIGNAL);
      if (sent != response->count || last) close(fd);
    }
  }
}
