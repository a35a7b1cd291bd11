import CCurl
import Glibc

/// One transfer's `CURL` handle with the memory that it refers to. Freed once, when this object goes; whoever added it
/// to a ``CurlMulti`` takes it out before.
@safe final class CurlEasy {
    /// The first option that libcurl refused; nothing may be sent then.
    private(set) var refusal: CURLcode?
    // Both live as long as this object: the handle refers to the memory until its cleanup in `deinit`.
    private let handle: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private var fields: UnsafeMutablePointer<curl_slist>?

    init() throws(WebClientError) {
        guard let handle = unsafe curl_easy_init() else { throw .failed("no memory for a transfer") }
        unsafe self.handle = handle
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        check(unsafe ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText))
    }

    deinit {
        unsafe curl_easy_cleanup(handle)
        unsafe curl_slist_free_all(fields)
        unsafe errorText.deallocate()
    }

    /// Lends the handle to the multi handle's calls.
    func withHandle<Value>(_ body: (UnsafeMutableRawPointer) -> Value) -> Value { unsafe body(handle) }

    // MARK: Options (curl_easy_setopt(3)); strings are copied by libcurl

    func set(_ option: CURLoption, _ value: Int) { check(unsafe ccurl_set_long(handle, option, value)) }

    func set(_ option: CURLoption, _ value: Bool) { set(option, value ? 1 : 0) }

    func set(_ option: CURLoption, size: Int) {
        check(unsafe ccurl_set_size(handle, option, curl_off_t(size)))
    }

    func set(_ option: CURLoption, _ value: String?) {
        check(unsafe ccurl_set_string(handle, option, value))
    }

    /// Adds a line to the request's head.
    func append(field: String) {
        guard let longer = unsafe curl_slist_append(fields, field) else {
            refusal = refusal ?? CURLE_OUT_OF_MEMORY
            return
        }
        unsafe fields = longer
    }

    /// Makes the lines the request's; call it behind the last.
    func setFields() { check(unsafe ccurl_set_list(handle, CURLOPT_HTTPHEADER, fields)) }

    /// Makes `transfer` what the handle's callbacks are called for. It must outlive the handle's time in a multi handle,
    /// the only time in which they are called.
    func setCallbacks(for transfer: Transfer) {
        // Not retained: `CurlMulti` holds the transfer from adding the handle until after its removal.
        let raw = unsafe Unmanaged.passUnretained(transfer).toOpaque()
        for option in [
            CURLOPT_PRIVATE, CURLOPT_HEADERDATA, CURLOPT_WRITEDATA, CURLOPT_READDATA, CURLOPT_SEEKDATA,
            CURLOPT_OPENSOCKETDATA, CURLOPT_PREREQDATA,
        ] {
            check(unsafe ccurl_set_pointer(handle, option, raw))
        }
        check(unsafe ccurl_set_header_callback(handle, TransferCallbacks.header))
        check(unsafe ccurl_set_write_callback(handle, TransferCallbacks.write))
        check(unsafe ccurl_set_read_callback(handle, TransferCallbacks.read))
        check(unsafe ccurl_set_seek_callback(handle, TransferCallbacks.seek))
        check(unsafe ccurl_set_open_socket_callback(handle, TransferCallbacks.openSocket))
        check(unsafe ccurl_set_prerequest_callback(handle, TransferCallbacks.prerequest))
    }

    private func check(_ code: CURLcode) {
        if code != CURLE_OK { refusal = refusal ?? code }
    }

    // MARK: While it runs

    /// Says which directions are held back. libcurl may hand out what it kept before this returns.
    func pause(receiving: Bool, sending: Bool) -> CURLcode {
        unsafe curl_easy_pause(handle, (receiving ? CURLPAUSE_RECV : 0) | (sending ? CURLPAUSE_SEND : 0))
    }

    // MARK: What happened (curl_easy_getinfo(3))

    func number(_ info: CURLINFO) -> Int {
        var value = 0
        let code = unsafe ccurl_get_long(handle, info, &value)
        return code == CURLE_OK ? value : 0
    }

    func size(_ info: CURLINFO) -> Int {
        var value: curl_off_t = 0
        let code = unsafe ccurl_get_size(handle, info, &value)
        return code == CURLE_OK ? Int(value) : 0
    }

    /// The last error in the words of libcurl and OpenSSL; they hold hosts, ports and files, no fields and no content.
    var lastError: String { unsafe String(cString: errorText) }
}
