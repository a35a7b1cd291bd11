import HTTP

/// How a request ended, and what was known of it then: what its line in the access log needs besides its record.
struct RequestEnd {
    let end: HTTPExchangeEnd
    /// From the request's first byte to the answer's last.
    let nanoseconds: Int64
    let texts: RequestTexts
    let details: RequestDetails
}
