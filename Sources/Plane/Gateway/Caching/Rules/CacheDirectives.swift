import HTTP

/// What `Cache-Control` says, of a request or an answer (RFC 9111 §5.2, RFC 5861). Unknown directives say nothing.
///
/// A time that is no number is 0, the least of several counts, and one beyond 2³¹ is 2³¹ (§1.2.2, §4.2.1): what is unclear is
/// never read as leave to keep something longer. `private="…"` and `no-cache="…"` are read as without their list, which
/// §5.2.2.4 and §5.2.2.7 allow.
struct CacheDirectives: Sendable, Equatable {
    var noStore = false
    var noCache = false
    var isPrivate = false
    var isPublic = false
    var mustRevalidate = false
    var proxyRevalidate = false
    var onlyIfCached = false
    var maxAge: Int64?
    var sharedMaxAge: Int64?
    /// `max-stale`; `.max` when it names no bound.
    var maxStale: Int64?
    var minFresh: Int64?
    var staleIfError: Int64?
    var staleWhileRevalidate: Int64?

    /// None.
    init() {}

    /// Reads a message's directives.
    init(_ fields: HTTPFields) {
        var isPresent = false
        fields.forEachValue(of: .cacheControl) { value in
            isPresent = true
            var list = DirectiveList()
            while let (name, argument) = list.next(value) { note(value, name, argument) }
        }
        // §5.4: the directive of HTTP/1.0, where there is no other.
        if !isPresent, fields.contains(.pragma, token: "no-cache") { noCache = true }
    }

    private mutating func note(_ text: Span<UInt8>, _ name: Range<Int>, _ argument: Range<Int>?) {
        func isName(_ word: StaticString) -> Bool { Self.equals(text, name, word) }
        func lower(_ time: Int64?) -> Int64 { min(time ?? .max, Self.seconds(text, argument) ?? 0) }
        switch name.count {
        case 6 where isName("public"): isPublic = true
        case 7 where isName("private"): isPrivate = true
        case 7 where isName("max-age"): maxAge = lower(maxAge)
        case 8 where isName("no-store"): noStore = true
        case 8 where isName("no-cache"): noCache = true
        case 8 where isName("s-maxage"): sharedMaxAge = lower(sharedMaxAge)
        case 9 where isName("max-stale"): maxStale = argument == nil ? maxStale ?? .max : lower(maxStale)
        case 9 where isName("min-fresh"): minFresh = max(minFresh ?? 0, Self.seconds(text, argument) ?? 0)
        case 14 where isName("only-if-cached"): onlyIfCached = true
        case 14 where isName("stale-if-error"): staleIfError = lower(staleIfError)
        case 15 where isName("must-revalidate"): mustRevalidate = true
        case 16 where isName("proxy-revalidate"): proxyRevalidate = true
        case 22 where isName("stale-while-revalidate"): staleWhileRevalidate = lower(staleWhileRevalidate)
        default: break
        }
    }

    /// The longest time that is told apart (§1.2.2).
    static let longest: Int64 = 1 << 31

    /// Whole seconds; nil for anything but digits.
    private static func seconds(_ text: Span<UInt8>, _ range: Range<Int>?) -> Int64? {
        guard let range, !range.isEmpty else { return nil }
        var seconds: Int64 = 0
        for index in range {
            guard case UInt8(ascii: "0")...UInt8(ascii: "9") = text[index] else { return nil }
            seconds = min(longest, seconds * 10 + Int64(text[index] - UInt8(ascii: "0")))
        }
        return seconds
    }

    private static func equals(_ text: Span<UInt8>, _ range: Range<Int>, _ word: StaticString) -> Bool {
        guard range.count == word.utf8CodeUnitCount else { return false }
        for offset in 0..<range.count {
            let byte = text[range.lowerBound + offset]
            let lower = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
            // The offset stays below the literal's count, and its bytes live as long as the program.
            if unsafe lower != word.utf8Start[offset] { return false }
        }
        return true
    }
}

/// Takes a list of directives apart: `name`, `name=token` or `name="quoted"`, between commas.
struct DirectiveList {
    private var position = 0

    /// The next directive's name and argument, without quotes; nil at the end.
    mutating func next(_ text: Span<UInt8>) -> (name: Range<Int>, argument: Range<Int>?)? {
        while position < text.count, Self.isSeparator(text[position]) { position += 1 }
        guard position < text.count else { return nil }
        let start = position
        while position < text.count, !Self.isSeparator(text[position]), text[position] != UInt8(ascii: "=") {
            position += 1
        }
        let name = start..<position
        guard position < text.count, text[position] == UInt8(ascii: "=") else {
            skipToComma(text)
            return (name, nil)
        }
        position += 1
        let argument = argument(text)
        skipToComma(text)
        return (name, argument)
    }

    private mutating func argument(_ text: Span<UInt8>) -> Range<Int> {
        guard position < text.count, text[position] == UInt8(ascii: "\"") else {
            let start = position
            while position < text.count, !Self.isSeparator(text[position]) { position += 1 }
            return start..<position
        }
        position += 1
        let start = position
        while position < text.count, text[position] != UInt8(ascii: "\"") {
            position += text[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        let end = min(position, text.count)
        position = min(position + 1, text.count)
        return start..<end
    }

    private mutating func skipToComma(_ text: Span<UInt8>) {
        while position < text.count, text[position] != UInt8(ascii: ",") { position += 1 }
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
}

extension HTTPFieldName {
    /// Age.
    static let age: HTTPFieldName = "Age"
    /// Cache-Status (RFC 9211).
    static let cacheStatus: HTTPFieldName = "Cache-Status"
    /// Content-Location.
    static let contentLocation: HTTPFieldName = "Content-Location"
    /// Expires.
    static let expires: HTTPFieldName = "Expires"
    /// If-Match.
    static let ifMatch: HTTPFieldName = "If-Match"
    /// If-Unmodified-Since.
    static let ifUnmodifiedSince: HTTPFieldName = "If-Unmodified-Since"
    /// Pragma.
    static let pragma: HTTPFieldName = "Pragma"
    /// Set-Cookie.
    static let setCookie: HTTPFieldName = "Set-Cookie"
    /// Vary.
    static let vary: HTTPFieldName = "Vary"
}
