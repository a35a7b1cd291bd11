import CCurl

/// libcurl as this process has it: started once, and known to do what this module relies on.
enum CurlLibrary {
    /// Starts libcurl with the first call; nil when all is well, else what is missing.
    ///
    /// It is not taken down again: curl_global_cleanup(3) would need to know that no other code uses it.
    static let problem: String? = start()

    private static func start() -> String? {
        // libcurl is used by nothing else in this package, and its start is thread-safe where
        // CURL_VERSION_THREADSAFE is set (libcurl(3)); that is checked right behind.
        let code = curl_global_init(ccurl_global_default())
        guard code == CURLE_OK, let info = unsafe ccurl_version() else {
            return "libcurl does not start (error \(code.rawValue))"
        }
        let features = unsafe info.pointee.features
        let missing = needed.filter { features & $0.bit == 0 }.map(\.name)
        guard missing.isEmpty else {
            return "this libcurl has no \(missing.joined(separator: ", ")); Debian's libcurl4 has"
        }
        guard unsafe info.pointee.version_num >= 0x075700 else { return "libcurl is older than 7.87" }
        return nil
    }

    private static let needed: [(name: String, bit: Int32)] = [
        ("TLS", CURL_VERSION_SSL), ("HTTP/2", CURL_VERSION_HTTP2),
        ("name look-up in the background", CURL_VERSION_ASYNCHDNS),
        ("thread-safe start", CURL_VERSION_THREADSAFE),
    ]

    /// The library's own constant words for a result.
    static func text(_ code: CURLcode) -> String { unsafe String(cString: curl_easy_strerror(code)) }
}
