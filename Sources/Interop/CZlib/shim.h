/* zlib (https://zlib.net/manual.html). No logic here: only what Swift can't see, since it is a macro. */
#pragma once
#include <zlib.h>

/* deflateInit2 for the gzip format (RFC 1952): 16 added to the largest window, 15. */
static inline int czlib_gzip_init(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
