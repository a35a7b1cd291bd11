#pragma once
#define _GNU_SOURCE
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
// Glibc declares the address parameter as a union, which Swift cannot pass.
static inline int shim_accept(int fd) { return accept4(fd, 0, 0, SOCK_NONBLOCK); }
