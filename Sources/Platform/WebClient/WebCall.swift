import CCurl
import HTTP

/// A request with all that is needed to send it: how it becomes libcurl's options.
struct WebCall {
    let request: HTTPRequest
    let destination: WebDestination
    let timeouts: HTTPTimeouts
    let settings: WebClientSettings

    /// Contents up to this size, when they are at hand, have the attempt's time; others the idle time.
    static let smallContent = 64 * 1024

    private var method: HTTPMethod { request.head.method }
    private var hasContent: Bool { request.body.length != 0 }

    /// Redirects are followed only where that repeats the request as it was.
    var followsRedirects: Bool {
        settings.redirectLimit > 0 && !hasContent && (method == .get || method == .head)
    }

    /// What is to be sent; nil for a request that has none and needs not say so (RFC 9110 §8.6).
    var upload: Upload? {
        guard hasContent || method == .post || method == .put || method == .patch else { return nil }
        guard let whole = request.body.whole else { return Upload(length: request.body.length) }
        return Upload(whole: whole, isRepeatable: method.isIdempotent)
    }

    /// HTTP/2 for what fits into a stream's first window (RFC 9113 §6.9.2): libcurl 7.88 spins while a server takes
    /// no more of a larger content (curl issue 10618).
    private var offersHTTP2: Bool {
        settings.offersHTTP2 && (request.body.whole.map { $0.count < Self.smallContent } ?? false)
    }

    /// Sets all options of the handle.
    ///
    /// - Throws: ``WebClientError/invalidRequest(_:)``.
    func configure(_ easy: CurlEasy) throws(WebClientError) {
        guard request.head.targetBytes.first == UInt8(ascii: "/") else {
            throw .invalidRequest("the target does not begin with /")
        }
        guard method != .connect else {
            throw .invalidRequest("CONNECT makes a tunnel, which this is not for")
        }
        guard method != .head || !hasContent else { throw .invalidRequest("HEAD has no content") }
        setTarget(easy)
        setMethod(easy)
        setFields(easy)
        setConnection(easy)
        setTrust(easy)
        setProxy(easy)
    }

    private func setTarget(_ easy: CurlEasy) {
        easy.set(CURLOPT_URL, "\(destination)\(request.head.target)")
        // What was canonical for the caller is what is sent.
        easy.set(CURLOPT_PATH_AS_IS, true)
        easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
        easy.set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        easy.set(CURLOPT_FOLLOWLOCATION, followsRedirects)
        easy.set(CURLOPT_MAXREDIRS, settings.redirectLimit)
        easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, true)
        easy.set(CURLOPT_ACCEPT_ENCODING, settings.decompresses ? "" : nil)
    }

    private func setMethod(_ easy: CurlEasy) {
        if method == .head {
            easy.set(CURLOPT_NOBODY, true)
        } else if upload != nil {
            easy.set(CURLOPT_UPLOAD, true)
            easy.set(CURLOPT_INFILESIZE_LARGE, size: request.body.length ?? -1)
        }
        if method != .get && method != .head || upload != nil { easy.set(CURLOPT_CUSTOMREQUEST, method.name) }
        // libcurl sends a request again when a kept connection turns out to be gone. What can't be taken back, it may not:
        // with a content it is stopped by `Upload.rewind`, without one by never using a kept connection.
        easy.set(CURLOPT_FRESH_CONNECT, !method.isIdempotent && !hasContent)
    }

    private func setFields(_ easy: CurlEasy) {
        for (name, value) in request.head.fields.all {
            let name = String(decoding: name, as: UTF8.self)
            guard !Self.framing.contains(name.lowercased()) else { continue }
            // `Name;` is how libcurl is told of a field with an empty value (CURLOPT_HTTPHEADER(3)).
            easy.append(
                field: value.isEmpty ? "\(name);" : "\(name): \(String(decoding: value, as: UTF8.self))"
            )
        }
        // What libcurl would add by itself.
        if !request.head.fields.contains("accept") { easy.append(field: "Accept:") }
        easy.append(field: "Expect:")
        easy.setFields()
    }

    /// Fields that belong to one connection or frame the content: libcurl writes what is true.
    private static let framing: Set<String> = [
        "connection", "content-length", "expect", "keep-alive", "proxy-authorization", "proxy-connection",
        "te",
        "trailer", "transfer-encoding", "upgrade",
    ]

    private func setConnection(_ easy: CurlEasy) {
        easy.set(CURLOPT_HTTP_VERSION, offersHTTP2 ? ccurl_http2_over_tls() : ccurl_http11())
        easy.set(CURLOPT_NOSIGNAL, true)
        // A cancelled call does not wait for a name server: the look-up's thread ends by itself.
        easy.set(CURLOPT_QUICK_EXIT, true)
        easy.set(CURLOPT_TCP_KEEPALIVE, true)
        easy.set(CURLOPT_MAXAGE_CONN, max(1, Int(settings.idleTimeout.components.seconds)))
        // Deadlines are ours (`CallClock`); libcurl's own would end a slow but living connect at 300 s anyway.
        easy.set(CURLOPT_CONNECTTIMEOUT, 300)
    }

    private func setTrust(_ easy: CurlEasy) {
        easy.set(CURLOPT_SSL_VERIFYPEER, true)
        easy.set(CURLOPT_SSL_VERIFYHOST, 2)
        easy.set(CURLOPT_PROXY_SSL_VERIFYPEER, true)
        easy.set(CURLOPT_PROXY_SSL_VERIFYHOST, 2)
        easy.set(CURLOPT_SSLVERSION, ccurl_tls12())
        easy.set(CURLOPT_PROXY_SSLVERSION, ccurl_tls12())
        switch settings.trust {
        case .system: break
        // The system's authorities stay, by their folder (CURLOPT_CAPATH(3)).
        case .systemAnd(let file): easy.set(CURLOPT_CAINFO, file)
        case .only(let file):
            easy.set(CURLOPT_CAINFO, file)
            easy.set(CURLOPT_CAPATH, nil)
        }
        guard let certificate = settings.certificate else { return }
        easy.set(CURLOPT_SSLCERT, certificate.file)
        easy.set(CURLOPT_SSLKEY, certificate.keyFile)
        if let passphrase = certificate.passphrase { easy.set(CURLOPT_KEYPASSWD, passphrase) }
    }

    private func setProxy(_ easy: CurlEasy) {
        guard settings.addresses == .any else { return easy.set(CURLOPT_PROXY, "") }
        switch settings.proxy {
        case .environment: break
        case .none: easy.set(CURLOPT_PROXY, "")
        case .url(let url, let exceptions):
            easy.set(CURLOPT_PROXY, url)
            easy.set(CURLOPT_NOPROXY, exceptions.joined(separator: ","))
        }
    }
}
