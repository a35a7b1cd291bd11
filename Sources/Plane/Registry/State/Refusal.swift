/// Why a request is refused: a kind that becomes a status, and the text that the client reads (Consul's own words where
/// clients compare them).
struct Refusal: Error, Sendable, Equatable, CustomStringConvertible {
    enum Kind: Sendable, Equatable {
        /// 400: a bad parameter or content.
        case badRequest
        /// 401: something that is switched off.
        case unauthorized
        /// 403: no valid token.
        case forbidden
        /// 404.
        case notFound
        /// 409.
        case conflict
        /// 413.
        case tooLarge
        /// 429.
        case tooMany
        /// 500: what Consul answers for everything else.
        case failed
    }

    let kind: Kind
    let text: String

    init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }

    var description: String { text }
}
