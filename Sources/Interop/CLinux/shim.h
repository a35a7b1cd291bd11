/* Linux calls and macros that Swift's Glibc module does not show: epoll, eventfd, signalfd, pidfd, openat2,
   and the functions whose arguments Swift sees as transparent unions. No logic here. */
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <malloc.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* glibc declares these only under _GNU_SOURCE, which would change the layout of types that Swift's Glibc module has
   seen without it. Declared here as their manual pages do. */
extern int accept4(int, struct sockaddr *, socklen_t *, int);
extern int pthread_setname_np(pthread_t, const char *);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *, const char *);
extern ssize_t preadv2(int, const struct iovec *, int, off_t, int);
extern int mkostemp(char *, int);
extern char **environ;
#ifndef RWF_NOWAIT
#define RWF_NOWAIT 0x00000008
#endif

/* mallopt(3): how many freed bytes at an arena's end are kept, and from which size on memory comes from mmap(2). */
static inline void clinux_keep_freed_memory(int kept, int mapped) {
    mallopt(M_TRIM_THRESHOLD, kept);
    mallopt(M_MMAP_THRESHOLD, mapped);
}

/* accept4(2), non-blocking and close-on-exec; `address` may be NULL. */
static inline int clinux_accept(int fd, struct sockaddr_storage *address, socklen_t *length) {
    return accept4(fd, (struct sockaddr *)address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
/* mkostemp(3), close-on-exec; `path` ends in XXXXXX, which it overwrites. */
static inline int clinux_temporary_file(char *path) { return mkostemp(path, O_CLOEXEC); }
/* socket(2), a non-blocking and close-on-exec stream. */
static inline int clinux_stream_socket(int family) {
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}
/* socket(2), non-blocking and close-on-exec datagrams. */
static inline int clinux_datagram_socket(int family) {
    return socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}
/* recvfrom(2), with the sender's address. */
static inline ssize_t clinux_receive_from(int fd, void *buffer, size_t count, struct sockaddr_storage *address,
                                          socklen_t *length) {
    return recvfrom(fd, buffer, count, 0, (struct sockaddr *)address, length);
}
static inline ssize_t clinux_send_to(int fd, const void *bytes, size_t count,
                                     const struct sockaddr_storage *address, socklen_t length) {
    return sendto(fd, bytes, count, MSG_NOSIGNAL, (const struct sockaddr *)address, length);
}
static inline int clinux_bind(int fd, const struct sockaddr_storage *address, socklen_t length) {
    return bind(fd, (const struct sockaddr *)address, length);
}
static inline int clinux_connect(int fd, const struct sockaddr_storage *address, socklen_t length) {
    return connect(fd, (const struct sockaddr *)address, length);
}
static inline int clinux_getsockname(int fd, struct sockaddr_storage *address, socklen_t *length) {
    return getsockname(fd, (struct sockaddr *)address, length);
}
static inline int clinux_set_option(int fd, int level, int name, int value) {
    return setsockopt(fd, level, name, &value, sizeof value);
}
/* SO_LINGER with a zero timeout: the next close(2) sends RST. */
static inline int clinux_set_reset_on_close(int fd) {
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    return setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}
/* The socket's pending error (SO_ERROR), cleared by reading it. */
static inline int clinux_socket_error(int fd) {
    int error = 0;
    socklen_t length = sizeof error;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : errno;
}
/* epoll_ctl(2) with the 64-bit user value. */
static inline int clinux_epoll_control(int epoll, int operation, int fd, uint32_t events, uint64_t data) {
    struct epoll_event event = {.events = events, .data.u64 = data};
    return epoll_ctl(epoll, operation, fd, &event);
}
static inline uint64_t clinux_epoll_data(const struct epoll_event *event) { return event->data.u64; }
/* writev(2) on a socket without SIGPIPE. */
static inline ssize_t clinux_send_vectors(int fd, struct iovec *vectors, size_t count) {
    struct msghdr message = {.msg_iov = vectors, .msg_iovlen = count};
    return sendmsg(fd, &message, MSG_NOSIGNAL);
}
static inline int64_t clinux_monotonic_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}
static inline int clinux_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }
static inline int clinux_pidfd_send_signal(int pidfd, int number) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, number, (void *)0, 0);
}
/* waitid(2) on a pidfd without blocking: 1 when it has ended (`code` and `status` as in siginfo_t), 0 when it runs,
   -1 on error. */
static inline int clinux_wait_pidfd(int pidfd, int *code, int *status) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    if (waitid((idtype_t)3 /* P_PIDFD */, (id_t)pidfd, &info, WEXITED | WNOHANG) != 0) return -1;
    if (info.si_pid == 0) return 0;
    *code = info.si_code;
    *status = info.si_status;
    return 1;
}
/* openat2(2) for reading, below `directory` only (RESOLVE_BENEATH), no magic links. */
static inline int clinux_open_beneath(int directory, const char *path) {
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}
/* Whether `count` bytes at `offset` can be read without waiting for the disk: 1 yes, 0 no, -1 the file system can't tell. */
static inline int clinux_is_cached(int fd, int64_t offset) {
    char byte;
    struct iovec vector = {.iov_base = &byte, .iov_len = 1};
    ssize_t count = preadv2(fd, &vector, 1, offset, RWF_NOWAIT);
    if (count >= 0) return 1;
    return errno == EAGAIN ? 0 : -1;
}
/* Raises the soft limit of open files to the hard limit; the limit in force after it. */
static inline uint64_t clinux_raise_open_file_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}
/* How many processors this process may run on. */
static inline int clinux_processor_count(void) {
    unsigned long set[128] = {0};
    long bytes = syscall(SYS_sched_getaffinity, 0, sizeof set, set);
    int count = 0;
    for (long word = 0; word < bytes / (long)sizeof set[0]; word++) count += __builtin_popcountl(set[word]);
    return count > 0 ? count : 1;
}
/* A second descriptor of the same open file, close-on-exec. */
static inline int clinux_duplicate(int fd) { return fcntl(fd, F_DUPFD_CLOEXEC, 0); }
/* posix_spawn_file_actions_addclosefrom_np(3): the child closes all descriptors from this one on. */
static inline int clinux_spawn_closes_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}
/* This process's environment; nothing here changes it once threads run. */
static inline char **clinux_environment(void) { return environ; }
