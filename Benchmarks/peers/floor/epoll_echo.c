// Minimal single-threaded epoll echo of a request body: the floor of moving bytes in and out.
// usage: epoll_echo PORT
// Answers a POST with Content-Length by the same bytes, passed on as they arrive; while a client
// does not take its answer, nothing more is read from it. Expects a whole header in one read.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CHUNK_BYTES = 256 * 1024, MAX_EVENTS = 256 };

struct connection {
  int fd;
  long body_left;  // bytes of the current body still to come
  char *unsent;    // what the client has not taken yet, or 0
  size_t unsent_start, unsent_end;
};

static int epoll;

static void watch(struct connection *connection, int operation, unsigned events) {
  struct epoll_event event = {.events = events, .data.ptr = connection};
  epoll_ctl(epoll, operation, connection->fd, &event);
}

static void drop(struct connection *connection) {
  close(connection->fd);
  free(connection->unsent);
  free(connection);
}

// Sends what fits and keeps the rest. Returns 0, or -1 when the connection is broken.
static int put(struct connection *connection, const char *bytes, size_t count) {
  ssize_t sent = send(connection->fd, bytes, count, MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN) return -1;
  if (sent < 0) sent = 0;
  if ((size_t)sent == count) return 0;
  connection->unsent = malloc(count - sent);
  connection->unsent_start = 0;
  connection->unsent_end = count - sent;
  memcpy(connection->unsent, bytes + sent, count - sent);
  watch(connection, EPOLL_CTL_MOD, EPOLLOUT);
  return 0;
}

// Sends more of what was kept; reads again once all of it is gone.
static int flush(struct connection *connection) {
  const ssize_t sent = send(connection->fd, connection->unsent + connection->unsent_start,
                            connection->unsent_end - connection->unsent_start, MSG_NOSIGNAL);
  if (sent < 0) return errno == EAGAIN ? 0 : -1;
  connection->unsent_start += sent;
  if (connection->unsent_start < connection->unsent_end) return 0;
  free(connection->unsent);
  connection->unsent = 0;
  watch(connection, EPOLL_CTL_MOD, EPOLLIN);
  return 0;
}

// Reads one chunk of header or body and passes the body part on.
static int pump(struct connection *connection) {
  static char buffer[CHUNK_BYTES + 1];
  const ssize_t received = recv(connection->fd, buffer, CHUNK_BYTES, 0);
  if (received < 0 && errno == EAGAIN) return 0;
  if (received <= 0) return -1;
  if (connection->body_left > 0) {
    connection->body_left -= received;
    return put(connection, buffer, received);
  }
  buffer[received] = 0;
  char *end = memmem(buffer, received, "\r\n\r\n", 4);
  char *length = memmem(buffer, received, "Content-Length: ", 16);
  if (!end || !length) return -1;
  // The answer's header is shorter than the request's: it takes that one's place before the body.
  char header[64];
  char *body = end + 4;
  connection->body_left = atol(length + 16);
  const int count =
      sprintf(header, "HTTP/1.1 200 OK\r\nContent-Length: %ld\r\n\r\n", connection->body_left);
  if (count > body - buffer) return -1;
  memcpy(body - count, header, count);
  connection->body_left -= buffer + received - body;
  return put(connection, body - count, buffer + received - body + count);
}

static void accept_all(int listener) {
  int client, on = 1;
  while ((client = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0) {
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct connection *connection = calloc(1, sizeof *connection);
    connection->fd = client;
    watch(connection, EPOLL_CTL_ADD, EPOLLIN);
  }
}

int main(int argc, char **argv) {
  if (argc != 2) return fprintf(stderr, "usage: %s PORT\n", argv[0]), 2;
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons(atoi(argv[1])),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (void *)&address, sizeof address) || listen(listener, 4096)) {
    perror("bind");
    return 1;
  }
  epoll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = 0}, events[MAX_EVENTS];
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);

  for (;;) {
    const int ready = epoll_wait(epoll, events, MAX_EVENTS, -1);
    for (int i = 0; i < ready; i++) {
      struct connection *connection = events[i].data.ptr;
      if (!connection) {
        accept_all(listener);
        continue;
      }
      if ((connection->unsent ? flush(connection) : pump(connection)) < 0) drop(connection);
    }
  }
}
