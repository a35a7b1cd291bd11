import CCurl
import Reactor

extension WebClientError {
    /// What a result of libcurl means for the caller (libcurl-errors(3)).
    init(
        _ code: CURLcode,
        _ easy: CurlEasy,
        _ transfer: Transfer,
        watchFailure: SystemError?,
        _ settings: WebClientSettings
    ) {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: self = .unresolved(transfer.destination)
        case CURLE_COULDNT_CONNECT where transfer.isAddressRefused:
            self = .addressRefused(transfer.destination)
        case CURLE_COULDNT_CONNECT: self = .notConnected(transfer.destination, Self.cause(easy))
        case CURLE_ABORTED_BY_CALLBACK:
            self =
                watchFailure.map { .notConnected(transfer.destination, $0) }
                ?? .failed(CurlLibrary.text(code))
        case CURLE_COULDNT_RESOLVE_PROXY: self = .proxyFailed("has a name without an address")
        case CURLE_PROXY: self = .proxyFailed("broke off the handshake")
        case CURLE_RECV_ERROR where !(0..<300).contains(easy.number(CURLINFO_HTTP_CONNECTCODE)):
            self = .proxyFailed("answered \(easy.number(CURLINFO_HTTP_CONNECTCODE)) to CONNECT")
        case CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR,
            CURLE_SEND_FAIL_REWIND, CURLE_HTTP2_STREAM:
            self = .disconnected
        // A server that shuts down ends a kept connection by GOAWAY (RFC 9113 §6.8): no fault of its protocol.
        case CURLE_HTTP2 where easy.number(CURLINFO_NUM_CONNECTS) == 0: self = .disconnected
        case CURLE_TOO_MANY_REDIRECTS: self = .tooManyRedirects(limit: settings.redirectLimit)
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_HTTP2, CURLE_BAD_CONTENT_ENCODING,
            CURLE_URL_MALFORMAT:
            self = .invalidAnswer(CurlLibrary.text(code))
        default: self = TLSFailure(code, easy).map { .tls($0) } ?? .failed(CurlLibrary.text(code))
        }
    }

    /// An option that libcurl refused before anything was sent.
    init(refused code: CURLcode) { self = .invalidRequest("libcurl: \(CurlLibrary.text(code))") }

    private static func cause(_ easy: CurlEasy) -> SystemError {
        SystemError(code: Int32(truncatingIfNeeded: easy.number(CURLINFO_OS_ERRNO)), operation: "connect")
    }
}

extension WebClientError.TLSFailure {
    /// What a result of libcurl says of TLS; nil for one that says nothing of it.
    fileprivate init?(_ code: CURLcode, _ easy: CurlEasy) {
        switch code {
        case CURLE_PEER_FAILED_VERIFICATION: self.init(verification: easy.number(CURLINFO_SSL_VERIFYRESULT))
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER: self = .handshake(easy.lastError)
        case CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CRL_BADFILE:
            self = .settings(easy.lastError)
        default: return nil
        }
    }

    /// OpenSSL's verdict on the chain (`X509_V_ERR_*`, X509_STORE_CTX_get_error(3)). libcurl compares the host's name
    /// itself, behind a chain that is good, and leaves "unspecified" (1) there when it is another's.
    private init(verification: Int) {
        switch verification {
        case 0, 1: self = .wrongHost
        case 9: self = .notYetValid
        case 10: self = .expired
        case 2, 18, 19, 20, 21: self = .untrusted
        default: self = .invalidCertificate(code: verification)
        }
    }
}
