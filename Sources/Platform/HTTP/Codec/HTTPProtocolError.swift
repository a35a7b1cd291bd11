/// A message that breaks the protocol or a limit: what is wrong, where, and what it is answered with.
///
/// It holds no byte of the message, so it may be logged and sent to the client.
public struct HTTPProtocolError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public let reason: HTTPRefusal
    /// How many bytes into the message it was found.
    public let offset: Int

    init(_ reason: HTTPRefusal, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// The reason in words, and the offset.
    public var description: String { "\(reason.detail) (at byte \(offset))" }
}

/// Why a message is refused; the raw value is the `reason` of the problem body and the label of the counter.
public enum HTTPRefusal: String, Sendable, Hashable, CaseIterable {
    case bareCarriageReturn = "bare_carriage_return"
    case bareLineFeed = "bare_line_feed"
    case leadingWhitespace = "leading_whitespace"
    case whitespaceBeforeColon = "whitespace_before_colon"
    case fieldNameInvalid = "field_name_invalid"
    case fieldValueInvalid = "field_value_invalid"
    case fieldsTooLarge = "fields_too_large"
    case fieldsTooMany = "fields_too_many"
    case lengthBesideEncoding = "length_beside_encoding"
    case lengthInvalid = "content_length_invalid"
    case lengthRepeated = "content_length_repeated"
    case encodingInvalid = "transfer_encoding_invalid"
    case encodingUnknown = "transfer_encoding_unknown"
    case chunkInvalid = "chunk_invalid"
    case chunkExtensionTooLong = "chunk_extension_too_long"
    case hostMissing = "host_missing"
    case hostRepeated = "host_repeated"
    case hostInvalid = "host_invalid"
    case versionInvalid = "version_invalid"
    case versionUnsupported = "version_unsupported"
    case targetInvalid = "target_invalid"
    case targetTooLong = "target_too_long"
    case methodInvalid = "method_invalid"
    case methodTooLong = "method_too_long"
    case methodNotAllowed = "method_not_allowed"
    case upgradeWithContent = "upgrade_with_content"
    case expectationUnknown = "expectation_unknown"
    case contentTooLarge = "content_too_large"
    case statusInvalid = "status_invalid"
    case contentNotAllowed = "content_not_allowed"
    case headTimeout = "head_timeout"
    case contentTimeout = "content_timeout"
    case requestTimeout = "request_timeout"
    case unexpectedEnd = "unexpected_end"
    case unexpectedBytes = "unexpected_bytes"

    /// The status that a server answers it with.
    public var status: HTTPStatus {
        switch self {
        case .fieldsTooLarge, .fieldsTooMany: 431
        case .encodingUnknown, .methodTooLong: 501
        case .versionUnsupported: 505
        case .targetTooLong: 414
        case .methodNotAllowed: 405
        case .expectationUnknown: 417
        case .contentTooLarge: 413
        case .headTimeout, .contentTimeout: 408
        case .requestTimeout: 503
        default: 400
        }
    }

    /// What is wrong, in words fit for the sender.
    public var detail: String {
        switch self {
        case .bareCarriageReturn: "a carriage return without line feed (RFC 9112 §2.2)"
        case .bareLineFeed: "a line that ends without carriage return (RFC 9112 §2.2)"
        case .leadingWhitespace: "white space at the beginning of a field line (RFC 9112 §2.2, §5.2)"
        case .whitespaceBeforeColon: "white space between field name and colon (RFC 9112 §5.1)"
        case .fieldNameInvalid: "a field name that is empty or no token (RFC 9110 §5.1)"
        case .fieldValueInvalid: "a control byte in a field value (RFC 9110 §5.5)"
        case .fieldsTooLarge: "request line and fields are larger than the limit"
        case .fieldsTooMany: "more fields than the limit"
        case .lengthBesideEncoding: "Content-Length beside Transfer-Encoding (RFC 9112 §6.1)"
        case .lengthInvalid: "a Content-Length that is no plain number (RFC 9110 §8.6)"
        case .lengthRepeated: "more than one Content-Length (RFC 9112 §6.3)"
        case .encodingInvalid: "a Transfer-Encoding other than chunked, once, in HTTP/1.1 (RFC 9112 §6.1)"
        case .encodingUnknown: "a transfer coding that is not implemented (RFC 9112 §6.1)"
        case .chunkInvalid: "a malformed chunk (RFC 9112 §7.1)"
        case .chunkExtensionTooLong: "a chunk extension longer than the limit (RFC 9112 §7.1.1)"
        case .hostMissing: "no Host field (RFC 9112 §3.2)"
        case .hostRepeated: "more than one Host field (RFC 9112 §3.2)"
        case .hostInvalid: "a Host that is no host with an optional port (RFC 9112 §3.2)"
        case .versionInvalid: "a malformed HTTP version (RFC 9112 §2.3)"
        case .versionUnsupported: "an HTTP version that is not spoken here"
        case .targetInvalid: "a malformed request target (RFC 9112 §3.2)"
        case .targetTooLong: "a request target longer than the limit"
        case .methodInvalid: "a malformed method; methods are case-sensitive (RFC 9110 §9.1)"
        case .methodTooLong: "a method longer than 32 bytes"
        case .methodNotAllowed: "this method is not served here"
        case .upgradeWithContent: "an upgrade of a request with content (RFC 9110 §7.8)"
        case .expectationUnknown: "an expectation other than 100-continue (RFC 9110 §10.1.1)"
        case .contentTooLarge: "the content is larger than the limit"
        case .statusInvalid: "a malformed status line (RFC 9112 §4)"
        case .contentNotAllowed: "content announced where the status forbids it (RFC 9110 §8.6)"
        case .headTimeout: "request line and fields did not arrive in time"
        case .contentTimeout: "the content did not arrive in time"
        case .requestTimeout: "the request was not answered in time"
        case .unexpectedBytes: "bytes that belong to no message"
        case .unexpectedEnd: "the connection ended in the middle of a message (RFC 9112 §8)"
        }
    }
}
