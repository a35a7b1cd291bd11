// Counts the heap calls of a process from outside it.
// build: gcc -O2 -shared -fPIC -o malloc_count.so malloc_count.c
// usage: LD_PRELOAD=./malloc_count.so MALLOC_COUNT_FILE=counts PROGRAM
//
// The file holds `struct counts`, shared with the process: read it before and after a piece of
// work and take the difference. A forked child (an nginx worker) counts into the same file.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct counts {
  uint64_t mallocs, callocs, reallocs, aligned, frees, bytes;
};

// glibc's own entry points, so that no lookup at run time is needed.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

static struct counts unshared;  // before the file is mapped, and when there is none
static struct counts *counts = &unshared;

__attribute__((constructor)) static void map_counts(void) {
  const char *path = getenv("MALLOC_COUNT_FILE");
  if (!path) return;
  const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return;
  if (ftruncate(fd, sizeof *counts) == 0) {
    void *shared = mmap(0, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (shared != MAP_FAILED) counts = shared;
  }
  close(fd);
}

static void count(uint64_t *counter, size_t bytes) {
  __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
  __atomic_fetch_add(&counts->bytes, bytes, __ATOMIC_RELAXED);
}

void *malloc(size_t bytes) {
  count(&counts->mallocs, bytes);
  return __libc_malloc(bytes);
}

void *calloc(size_t elements, size_t bytes) {
  count(&counts->callocs, elements * bytes);
  return __libc_calloc(elements, bytes);
}

void *realloc(void *old, size_t bytes) {
  count(&counts->reallocs, bytes);
  return __libc_realloc(old, bytes);
}

void free(void *block) {
  if (block) count(&counts->frees, 0);
  __libc_free(block);
}

void *memalign(size_t alignment, size_t bytes) {
  count(&counts->aligned, bytes);
  return __libc_memalign(alignment, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes) { return memalign(alignment, bytes); }

int posix_memalign(void **result, size_t alignment, size_t bytes) {
  if (alignment < sizeof(void *) || alignment & (alignment - 1)) return EINVAL;
  void *block = memalign(alignment, bytes);
  if (!block) return ENOMEM;
  *result = block;
  return 0;
}
