/* libcurl. What Swift does not see: the variadic functions, one `static inline` for each kind of argument, and macros.
   No logic here. */
#pragma once
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* curl_easy_setopt(3). The parentheses keep the type-checking macro of the same name away. */
static inline CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode ccurl_set_size(CURL *easy, CURLoption option, curl_off_t value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode ccurl_set_string(CURL *easy, CURLoption option, const char *value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode ccurl_set_header_callback(CURL *easy, curl_write_callback callback) {
    return (curl_easy_setopt)(easy, CURLOPT_HEADERFUNCTION, callback);
}
static inline CURLcode ccurl_set_write_callback(CURL *easy, curl_write_callback callback) {
    return (curl_easy_setopt)(easy, CURLOPT_WRITEFUNCTION, callback);
}
static inline CURLcode ccurl_set_read_callback(CURL *easy, curl_read_callback callback) {
    return (curl_easy_setopt)(easy, CURLOPT_READFUNCTION, callback);
}
static inline CURLcode ccurl_set_seek_callback(CURL *easy, curl_seek_callback callback) {
    return (curl_easy_setopt)(easy, CURLOPT_SEEKFUNCTION, callback);
}
static inline CURLcode ccurl_set_open_socket_callback(CURL *easy, curl_opensocket_callback callback) {
    return (curl_easy_setopt)(easy, CURLOPT_OPENSOCKETFUNCTION, callback);
}
static inline CURLcode ccurl_set_prerequest_callback(CURL *easy, curl_prereq_callback callback) {
    return (curl_easy_setopt)(easy, CURLOPT_PREREQFUNCTION, callback);
}

/* curl_easy_getinfo(3). */
static inline CURLcode ccurl_get_long(CURL *easy, CURLINFO info, long *value) {
    return (curl_easy_getinfo)(easy, info, value);
}
static inline CURLcode ccurl_get_size(CURL *easy, CURLINFO info, curl_off_t *value) {
    return (curl_easy_getinfo)(easy, info, value);
}
static inline CURLcode ccurl_get_pointer(CURL *easy, void **value) {
    return (curl_easy_getinfo)(easy, CURLINFO_PRIVATE, value);
}

/* curl_multi_setopt(3). */
static inline CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return (curl_multi_setopt)(multi, option, value);
}
static inline CURLMcode ccurl_multi_set_pointer(CURLM *multi, CURLMoption option, void *value) {
    return (curl_multi_setopt)(multi, option, value);
}
static inline CURLMcode ccurl_multi_set_socket_callback(CURLM *multi, curl_socket_callback callback) {
    return (curl_multi_setopt)(multi, CURLMOPT_SOCKETFUNCTION, callback);
}
static inline CURLMcode ccurl_multi_set_timer_callback(CURLM *multi, curl_multi_timer_callback callback) {
    return (curl_multi_setopt)(multi, CURLMOPT_TIMERFUNCTION, callback);
}

/* CURLMsg keeps the result in a union. */
static inline CURLcode ccurl_result(const CURLMsg *message) { return message->data.result; }

/* socket(2), non-blocking and close-on-exec. */
static inline int ccurl_socket(const struct curl_sockaddr *address) {
    return socket(address->family, address->socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address->protocol);
}
/* The address as its family's own form (RFC 3493); the caller has looked at `family`. */
static inline struct sockaddr_in ccurl_ipv4(const struct curl_sockaddr *address) {
    return *(const struct sockaddr_in *)(const void *)&address->addr;
}
static inline struct sockaddr_in6 ccurl_ipv6(const struct curl_sockaddr *address) {
    return *(const struct sockaddr_in6 *)(const void *)&address->addr;
}

/* Macros that Swift does not show. */
static inline size_t ccurl_write_pause(void) { return CURL_WRITEFUNC_PAUSE; }
static inline size_t ccurl_read_pause(void) { return CURL_READFUNC_PAUSE; }
static inline size_t ccurl_read_abort(void) { return CURL_READFUNC_ABORT; }
static inline curl_socket_t ccurl_bad_socket(void) { return CURL_SOCKET_BAD; }
static inline curl_socket_t ccurl_timeout_socket(void) { return CURL_SOCKET_TIMEOUT; }
static inline long ccurl_http2_over_tls(void) { return CURL_HTTP_VERSION_2TLS; }
static inline long ccurl_http11(void) { return CURL_HTTP_VERSION_1_1; }
static inline long ccurl_http2(void) { return CURL_HTTP_VERSION_2_0; }
static inline long ccurl_tls12(void) { return CURL_SSLVERSION_TLSv1_2; }
static inline long ccurl_pipe_nothing(void) { return CURLPIPE_NOTHING; }
static inline long ccurl_global_default(void) { return CURL_GLOBAL_DEFAULT; }
static inline const curl_version_info_data *ccurl_version(void) { return curl_version_info(CURLVERSION_NOW); }
