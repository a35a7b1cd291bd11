package import HTTP

/// An answer that breaks the protocol, and what must come of it.
package struct Lie: Sendable, CustomStringConvertible {
    /// How the server goes on behind its bytes.
    package enum Ending: Sendable {
        case close
        case reset
        /// It says no more and keeps the connection.
        case silence
    }

    /// What the caller learns.
    package enum Outcome: Sendable, Equatable {
        case invalid(HTTPRefusal)
        case disconnected
        case answerCut
        case timedOut(HTTPClientError.Stage)

        package init?(_ error: any Error) {
            switch error as? HTTPClientError {
            case .invalidAnswer(let error): self = .invalid(error.reason)
            case .disconnected: self = .disconnected
            case .answerCut: self = .answerCut
            case .timedOut(let stage): self = .timedOut(stage)
            default: return nil
            }
        }
    }

    package let name: String
    package let bytes: String
    package let ending: Ending
    package let outcome: Outcome
    /// Whether the head is good, so that it may have been passed on when the lie comes out.
    package var isInContent = false
    /// Whether it shows only when all bytes come at once: else the answer is over before the lie begins.
    package var needsOnePiece = false

    package var description: String { name }

    private static func head(_ name: String, _ bytes: String, _ reason: HTTPRefusal) -> Lie {
        Lie(name: name, bytes: bytes, ending: .silence, outcome: .invalid(reason))
    }

    private static func fields(_ name: String, _ fields: String, _ reason: HTTPRefusal) -> Lie {
        head(name, "HTTP/1.1 200 OK\r\n\(fields)\r\n\r\n", reason)
    }

    private static func cut(_ name: String, _ bytes: String, _ ending: Ending) -> Lie {
        let outcome = bytes.isEmpty ? Outcome.disconnected : .answerCut
        return Lie(name: name, bytes: bytes, ending: ending, outcome: outcome)
    }

    private static func content(_ name: String, _ text: String, _ ending: Ending, _ outcome: Outcome) -> Lie {
        let framing = name.contains("chunk") ? "Transfer-Encoding: chunked" : "Content-Length: 5"
        let bytes = "HTTP/1.1 200 OK\r\n\(framing)\r\n\r\n\(text)"
        return Lie(name: name, bytes: bytes, ending: ending, outcome: outcome, isInContent: true)
    }

    private static func surplus(_ name: String, _ bytes: String) -> Lie {
        Lie(
            name: name,
            bytes: bytes,
            ending: .silence,
            outcome: .invalid(.unexpectedBytes),
            needsOnePiece: true
        )
    }

    private static let good = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    package static let inHeads = [
        head("no status line", "hello there\r\n\r\n", .statusInvalid),
        head("no HTTP at all", "\u{16}\u{3}\u{1}\0\0", .statusInvalid),
        head("HTTP/2.0", "HTTP/2.0 200 OK\r\n\r\n", .versionUnsupported),
        head("HTTP/1.2", "HTTP/1.2 200 OK\r\n\r\n", .versionInvalid),
        head("a status of 99", "HTTP/1.1 099 No\r\n\r\n", .statusInvalid),
        head(
            "nine interim answers",
            String(repeating: "HTTP/1.1 103 H\r\n\r\n", count: 9) + good,
            .statusInvalid
        ),
        head("101 unasked", "HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n", .statusInvalid),
        head("bare LF behind the status line", "HTTP/1.1 200 OK\nA: b\r\n\r\n", .bareLineFeed),
        head("bare LF behind a field", "HTTP/1.1 200 OK\r\nA: b\n\r\n", .bareLineFeed),
        head("length with 204", "HTTP/1.1 204 N\r\nContent-Length: 5\r\n\r\nhello", .contentNotAllowed),
        head("length with 103", "HTTP/1.1 103 H\r\nContent-Length: 5\r\n\r\nhello", .contentNotAllowed),
        head(
            "chunks in HTTP/1.0",
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            .encodingInvalid
        ),
        fields("one field too many", (0...100).map { "A\($0): b" }.joined(separator: "\r\n"), .fieldsTooMany),
        fields("a field over the limit", "A: " + String(repeating: "b", count: 33_000), .fieldsTooLarge),
        head("an endless phrase", "HTTP/1.1 200 " + String(repeating: "K", count: 33_000), .fieldsTooLarge),
        fields("both lengths", "Content-Length: 5\r\nTransfer-Encoding: chunked", .lengthBesideEncoding),
        fields(
            "both lengths, other order",
            "Transfer-Encoding: chunked\r\nContent-Length: 5",
            .lengthBesideEncoding
        ),
        fields("two lengths", "Content-Length: 5\r\nContent-Length: 5", .lengthRepeated),
        fields("a negative length", "Content-Length: -1", .lengthInvalid),
        fields("gzip alone", "Transfer-Encoding: gzip", .encodingInvalid),
        fields("gzip below chunks", "Transfer-Encoding: gzip, chunked", .encodingUnknown),
        fields("a folded field", "A: b\r\n c", .leadingWhitespace),
        cut("nothing, then the end", "", .close),
        cut("nothing, then a reset", "", .reset),
        cut("the end in the status line", "HTTP/1.1 20", .close),
        cut("the end in the fields", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", .close),
        cut("a reset in the fields", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", .reset),
        cut("the end behind an interim answer", "HTTP/1.1 103 H\r\n\r\n", .close),
        Lie(name: "silence", bytes: "", ending: .silence, outcome: .timedOut(.head)),
        Lie(
            name: "silence in the head",
            bytes: "HTTP/1.1 200 OK\r\nA",
            ending: .silence,
            outcome: .timedOut(.head)
        ),
        Lie(
            name: "silence after 100",
            bytes: "HTTP/1.1 100 C\r\n\r\n",
            ending: .silence,
            outcome: .timedOut(.head)
        ),
        surplus("two answers", good + good),
        surplus("two answers without content", "HTTP/1.1 204 N\r\n\r\nHTTP/1.1 204 N\r\n\r\n"),
        surplus("a long content", good + "!"),
        surplus("content with 304", "HTTP/1.1 304 N\r\nContent-Length: 5\r\n\r\nhello"),
    ]

    package static let inContents = [
        content("a short content", "hell", .close, .disconnected),
        content("no content", "", .close, .disconnected),
        content("a short content and a reset", "hell", .reset, .disconnected),
        content("silence in the content", "hell", .silence, .timedOut(.content)),
        content("a chunk size of garbage", "zz\r\nhello\r\n", .silence, .invalid(.chunkInvalid)),
        content("a chunk size with 0x", "0x5\r\nhello\r\n0\r\n\r\n", .silence, .invalid(.chunkInvalid)),
        content("a chunk size beyond all", "FFFFFFFFFFFFFFFFF\r\nh", .silence, .invalid(.chunkInvalid)),
        content("a chunk longer than its size", "4\r\nhello\r\n0\r\n\r\n", .silence, .invalid(.chunkInvalid)),
        content("a chunk size behind a bare LF", "5\nhello\r\n0\r\n\r\n", .silence, .invalid(.bareLineFeed)),
        content("the end in a chunk size", "5", .close, .disconnected),
        content("the end in a chunk", "5\r\nhel", .close, .disconnected),
        content("a reset in a chunk", "5\r\nhel", .reset, .disconnected),
        content("the end behind a chunk", "5\r\nhello\r\n", .close, .disconnected),
        content("the end in the last chunk", "5\r\nhello\r\n0\r\n", .close, .disconnected),
        content("the end in a chunked trailer", "5\r\nhello\r\n0\r\nA: b\r\n", .close, .disconnected),
        content("silence in a chunk", "5\r\nhel", .silence, .timedOut(.content)),
        content("chunks without end marker, then a reset", "5\r\nhello\r\n", .reset, .disconnected),
    ]
}
