// Minimal single-threaded epoll reverse proxy: the floor of two TCP legs on this machine.
// usage: epoll_proxy PORT BACKEND_PORT
// Reads a whole request, forwards it unchanged on a pooled keep-alive connection to the backend
// and copies Content-Length bytes back. Of headers it knows the blank line, Content-Length and
// "Connection: close", no more.
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

enum { MAX_EVENTS = 256, BUFFER_BYTES = 65536, HEADER_ROOM = 32 };
static const char CLOSE_HEADER[] = "Connection: close\r\n";

struct connection {
  int fd;
  int is_upstream;
  struct connection *peer;       // the other leg while a request is under way
  struct connection *next_idle;  // in the pool of idle upstream connections
  long body_left;                // upstream: bytes of the answer still to come, -1 before its header
  int closing;                   // client: asked for "Connection: close"
  char *unsent;                  // what the socket did not take yet, or 0
  size_t unsent_count;
};

static int epoll;
static struct sockaddr_in backend;
static struct connection *idle;
static struct connection *dead[4 * MAX_EVENTS];  // freed after the batch of events that saw them
static int dead_count;

static void watch(struct connection *connection, unsigned events) {
  struct epoll_event event = {.events = events, .data.ptr = connection};
  epoll_ctl(epoll, EPOLL_CTL_MOD, connection->fd, &event);
}

static struct connection *add(int fd, int is_upstream) {
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct connection *connection = calloc(1, sizeof *connection);
  connection->fd = fd;
  connection->is_upstream = is_upstream;
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
  return connection;
}

static void drop(struct connection *connection) {
  if (connection->fd < 0) return;
  close(connection->fd);
  connection->fd = -1;
  dead[dead_count++] = connection;
}

static void drop_both(struct connection *connection) {
  if (connection->is_upstream) {
    struct connection **link = &idle;
    while (*link && *link != connection) link = &(*link)->next_idle;
    if (*link) *link = connection->next_idle;
  }
  if (connection->peer) drop(connection->peer);
  drop(connection);
}

// Returns 1 when a rest stays unsent (the socket is then watched for room), otherwise 0.
static int put(struct connection *connection, const char *bytes, size_t count) {
  ssize_t sent = send(connection->fd, bytes, count, MSG_NOSIGNAL);
  if (sent < 0) {
    if (errno != EAGAIN) return 0;  // broken: the next read tells
    sent = 0;
  }
  if ((size_t)sent == count) return 0;
  connection->unsent = malloc(count - sent);
  connection->unsent_count = count - sent;
  memcpy(connection->unsent, bytes + sent, count - sent);
  watch(connection, EPOLLOUT);
  return 1;
}

// Finishes a partial write, then lets the other side be read again.
static void flush(struct connection *connection) {
  const ssize_t sent =
      send(connection->fd, connection->unsent, connection->unsent_count, MSG_NOSIGNAL);
  if (sent <= 0) return;
  connection->unsent_count -= sent;
  memmove(connection->unsent, connection->unsent + sent, connection->unsent_count);
  if (connection->unsent_count) return;
  free(connection->unsent);
  connection->unsent = 0;
  watch(connection, EPOLLIN);
  if (connection->peer) watch(connection->peer, EPOLLIN);
}

static struct connection *take_upstream(void) {
  struct connection *upstream = idle;
  if (upstream) {
    idle = upstream->next_idle;
    return upstream;
  }
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(fd, (void *)&backend, sizeof backend)) {
    close(fd);
    return 0;
  }
  return add(fd, 1);
}

static void forward_request(struct connection *client, char *bytes, ssize_t count) {
  if (count < 4 || memcmp(bytes + count - 4, "\r\n\r\n", 4)) return;
  struct connection *upstream = take_upstream();
  if (!upstream) {
    drop(client);
    return;
  }
  char *close_header = memmem(bytes, count, "Connection: close", 17);
  client->closing = close_header != 0;
  if (close_header) memcpy(close_header, "X-Connection: cls", 17);  // the backend's stays open
  upstream->peer = client;
  client->peer = upstream;
  upstream->body_left = -1;
  put(upstream, bytes, count);
}

// `bytes` has HEADER_ROOM to spare behind `count`.
static void forward_answer(struct connection *upstream, char *bytes, ssize_t count) {
  struct connection *client = upstream->peer;
  if (!client) {
    drop_both(upstream);
    return;
  }
  if (upstream->body_left < 0) {
    char *end = memmem(bytes, count, "\r\n\r\n", 4);
    char *length = memmem(bytes, count, "Content-Length: ", 16);
    if (!end || !length) {
      drop_both(upstream);
      return;
    }
    upstream->body_left = atol(length + 16) - (count - (end + 4 - bytes));
    if (client->closing) {
      const size_t added = sizeof CLOSE_HEADER - 1;
      char *blank = end + 2;
      memmove(blank + added, blank, count - (blank - bytes));
      memcpy(blank, CLOSE_HEADER, added);
      count += added;
    }
  } else {
    upstream->body_left -= count;
  }
  const int waiting = put(client, bytes, count);
  if (waiting) watch(upstream, 0);
  if (upstream->body_left > 0) return;
  upstream->peer = client->peer = 0;
  if (waiting) watch(upstream, EPOLLIN);
  upstream->next_idle = idle;
  idle = upstream;
  if (client->closing) drop(client);
}

static void serve(struct connection *connection) {
  static char buffer[BUFFER_BYTES];
  if (connection->fd < 0) return;
  if (connection->unsent) {
    flush(connection);
    return;
  }
  const ssize_t received = recv(connection->fd, buffer, sizeof buffer - HEADER_ROOM, 0);
  if (received < 0 && errno == EAGAIN) return;
  if (received <= 0) {
    drop_both(connection);
  } else if (connection->is_upstream) {
    forward_answer(connection, buffer, received);
  } else {
    forward_request(connection, buffer, received);
  }
}

int main(int argc, char **argv) {
  if (argc != 3) return fprintf(stderr, "usage: %s PORT BACKEND_PORT\n", argv[0]), 2;
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons(atoi(argv[1])),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  backend = address;
  backend.sin_port = htons(atoi(argv[2]));
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
      if (connection) {
        serve(connection);
        continue;
      }
      int client;
      while ((client = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0) add(client, 0);
    }
    while (dead_count) free(dead[--dead_count]);
  }
}
