import HTTP

/// Why a `multipart/form-data` content is refused.
enum MultipartError: String, Error, CaseIterable {
    case boundary = "the content type has no boundary of 1 to 70 characters (RFC 2046 §5.1.1)"
    case preamble = "the content must begin with its boundary"
    case delimiter = "a boundary must end its line"
    case header = "a part's header field is malformed"
    case disposition = "a part needs one Content-Disposition: form-data with a name (RFC 7578 §4.2)"
    case encoding = "a part's Content-Transfer-Encoding must be absent, 7bit, 8bit or binary (RFC 7578 §4.7)"
    case nested = "a part must not be multipart itself (RFC 7578 §4.3)"
    case unexpectedEnd = "the content ends before its last boundary"
    case epilogue = "bytes behind the last boundary"
    case headerTooLarge = "a part's header is larger than the limit"
    case tooManyParts = "the content has more parts than the limit"
    case partTooLarge = "a part is larger than the limit"
    case text = "a field that is no file must be UTF-8 text"

    /// The answer: 413 for what is over a limit, else 400.
    var problem: Problem {
        let isLimit = [Self.headerTooLarge, .tooManyParts, .partTooLarge].contains(self)
        return Problem(
            isLimit ? .contentTooLarge : .badRequest,
            detail: rawValue,
            reason: "multipart_\(self)"
        )
    }
}
