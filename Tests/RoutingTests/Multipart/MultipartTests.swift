import Foundation
import HTTP
import Reactor
import Routing
import TestSupport
import Testing

/// Forms with files (RFC 7578), as they are read and as they are refused.
@Suite("multipart") struct MultipartTests {
    static let type = "multipart/form-data; boundary=AaB03x"

    /// The example of RFC 7578's predecessor (RFC 2388 §3), which browsers still send.
    static let example = """
        --AaB03x\r\ncontent-disposition: form-data; name="field1"\r\n\r\nJoe Blow\r\n\
        --AaB03x\r\ncontent-disposition: form-data; name="pics"; filename="file1.txt"\r\n\
        Content-Type: text/plain\r\n\r\n... contents of file1.txt ...\r\n--AaB03x--\r\n
        """

    static func part(_ header: String, _ content: String = "x") -> String {
        "--AaB03x\r\n\(header)\r\n\r\n\(content)\r\n"
    }

    static func field(_ name: String = "a", _ content: String = "x") -> String {
        part("Content-Disposition: form-data; name=\"\(name)\"", content)
    }

    static func file(_ name: String, _ content: String = "x") -> String {
        part("Content-Disposition: form-data; name=\"f\"; filename=\"\(name)\"", content)
    }

    /// Answers with what it read: each part as `name[/file name]=content;`.
    static func router(
        _ limits: MultipartLimits = MultipartLimits(),
        bodyLimit: Int = 10 << 20
    ) throws -> Router {
        try Router.open {
            Post("/parts", .multipart(limits), .bodyLimit(bodyLimit)) { (_, form: Multipart) in
                var text = ""
                while let part = try await form.next() {
                    text += part.head.name + (part.head.fileName.map { "/\($0)" } ?? "") + "="
                    text += String(decoding: try await part.collect(), as: UTF8.self) + ";"
                }
                return text
            }
            Post("/skipped", .multipart(limits)) { (_, form: Multipart) in
                var count = 0
                while try await form.next() != nil { count += 1 }
                return "\(count)"
            }
        }
    }

    static func send(
        _ router: Router,
        _ path: String,
        _ content: String,
        type: String = type
    ) async throws -> Answer {
        try await router.send(.post, path, fields: [.contentType: type], body: HTTPBody(content))
    }

    /// Parts and the last boundary.
    static func form(_ parts: String...) -> String { parts.joined() + "--AaB03x--" }

    static let disposition = "Content-Disposition: form-data; name=a"

    static let accepted: [(String, String)] = [
        (example, "field1=Joe Blow;pics/file1.txt=... contents of file1.txt ...;"),
        ("--AaB03x--", ""), ("--AaB03x--\r\n", ""),
        (form(field("a", "")), "a=;"),
        (form(field("a", "\r\n--AaB03\r\n-\r\r\n--")), "a=\r\n--AaB03\r\n-\r\r\n--;"),
        (form(field("a", "--AaB03x")), "a=--AaB03x;"),
        (form(file("../../etc/passwd")), "f/passwd=x;"),
        (form(file("C:\\\\dir\\\\a.txt"), file("C:\\dir\\b.txt")), "f/a.txt=x;f/b.txt=x;"),
        (form(file(".."), file(""), file("a/")), "f/file=x;f/file=x;f/file=x;"),
        (form(file("a%22b%0D%0Ac%41.txt")), "f/a\"bc%41.txt=x;"),
        (form(file("é\u{85}.txt")), "f/é.txt=x;"), (form(file("a\\\"b")), "f/a\"b=x;"),
        (form(file(String(repeating: "é", count: 200))), "f/\(String(repeating: "é", count: 127))=x;"),
        (form(part("content-disposition:form-data;name=a")), "a=x;"),
        (form(part("\(disposition)\r\nContent-Transfer-Encoding: BINARY")), "a=x;"),
    ]

    @Test("forms are read, however they are cut", arguments: accepted)
    func accepts(content: String, text: String) async throws {
        let router = try Self.router()
        #expect(try await Self.send(router, "/parts", content).text == text)
        let bytes = Array(content.utf8)
        for size in [1, 2, 7] {
            let pieces = stride(from: 0, to: bytes.count, by: size).map {
                Array(bytes[$0..<min(bytes.count, $0 + size)])
            }
            let body = HTTPBody(
                AsyncStream { continuation in
                    for piece in pieces { continuation.yield(piece) }
                    continuation.finish()
                }
            )
            let answer = try await router.send(.post, "/parts", fields: [.contentType: Self.type], body: body)
            #expect(answer.text == text)
        }
        let count = text.count { $0 == ";" }
        if !text.contains("\r") {
            #expect(try await Self.send(router, "/skipped", content).text == "\(count)")
        }
    }

    static let refused: [(String, Int, String)] = [
        ("", 400, "unexpectedEnd"), ("\r\n--AaB03x--", 400, "preamble"),
        ("preamble\r\n--AaB03x--", 400, "preamble"),
        ("--AaB03", 400, "unexpectedEnd"), ("--AaB03y--", 400, "preamble"),
        ("--AaB03x", 400, "unexpectedEnd"), ("--AaB03x \r\n", 400, "delimiter"),
        ("--AaB03x\n\n", 400, "delimiter"), ("--AaB03x-", 400, "unexpectedEnd"),
        (field(), 400, "unexpectedEnd"), ("\(field())--AaB03x", 400, "unexpectedEnd"),
        ("\(form(field()))x", 400, "epilogue"), ("\(form(field()))\r\n\r\n", 400, "epilogue"),
        ("\(form(field()))\r", 400, "epilogue"),
        (form(field("a", "x\r\n--AaB03xy")), 400, "delimiter"),
        (part("Content-Disposition: form-data"), 400, "disposition"), (part("X: y"), 400, "disposition"),
        (part("Content-Disposition: attachment; name=a"), 400, "disposition"),
        (part("Content-Disposition: form-data; name=\"\""), 400, "disposition"),
        (part("Content-Disposition: form-data; name=\"a"), 400, "disposition"),
        (part("\(disposition); name=b"), 400, "disposition"),
        (part("\(disposition)\r\n\(disposition)"), 400, "disposition"),
        (part("\(disposition); filename*=UTF-8''x"), 400, "disposition"),
        (part("Content-Disposition : form-data; name=a"), 400, "header"), (part("nothing"), 400, "header"),
        (part("Content-Disposition: form-data;\r\n name=a"), 400, "header"),
        (part("Content-Disposition: form-data; name=\"a\nX: y\""), 400, "header"),
        (part("Content-Disposition: form-data; name=\"a\rX: y\""), 400, "header"),
        (part("Content-Disposition: form-data; name=\"a\u{0}\""), 400, "header"),
        (part("\(disposition)\r\nContent-Transfer-Encoding: base64"), 400, "encoding"),
        (part("\(disposition)\r\nContent-Type: multipart/mixed; boundary=b"), 400, "nested"),
        (part((0..<17).map { "X\($0): y" }.joined(separator: "\r\n")), 413, "headerTooLarge"),
        (part("X: \(String(repeating: "y", count: 8192))"), 413, "headerTooLarge"),
        (String(repeating: field(), count: 101), 413, "tooManyParts"),
        (String(repeating: field(), count: 10_000), 413, "tooManyParts"),
        (field("a", String(repeating: "x", count: 65_537)), 413, "partTooLarge"),
    ]

    @Test("each mistake has its status and reason", arguments: refused)
    func refuses(content: String, status: Int, reason: String) async throws {
        let router = try Self.router()
        for path in ["/parts", "/skipped"] {
            let answer = try await Self.send(router, path, content)
            #expect(answer.status == status)
            #expect(try answer.reason == "multipart_\(reason)")
        }
    }

    @Test(
        "the content type names a boundary",
        arguments: [
            ("multipart/form-data; boundary=\"AaB03x\"", 200), ("Multipart/Form-Data;boundary=AaB03x", 200),
            ("multipart/form-data", 400), ("multipart/form-data; boundary=", 415),
            ("multipart/form-data; boundary=\"\"", 400),
            ("multipart/form-data; boundary=\"AaB03x \"", 400),
            ("multipart/form-data; boundary=AaB03x; boundary=b", 415),
            ("multipart/form-data; boundary=\(String(repeating: "b", count: 71))", 400),
            ("multipart/mixed; boundary=AaB03x", 415),
            ("application/json", 415), ("multipart/form-data; boundary=\"a@b\"", 400),
        ]
    )
    func boundary(type: String, status: Int) async throws {
        #expect(try await Self.send(Self.router(), "/parts", Self.example, type: type).status == status)
    }

    @Test("limits are the route's own, to the byte")
    func limits() async throws {
        var limits = MultipartLimits()
        (limits.partCount, limits.fieldByteCount, limits.fileByteCount) = (2, 3, 5)
        let router = try Self.router(limits, bodyLimit: 300)
        func status(_ content: String) async throws -> Int {
            try await Self.send(router, "/parts", content + "--AaB03x--").status
        }
        #expect(try await status(Self.field("a", "123") + Self.file("f", "12345")) == 200)
        #expect(try await status(Self.field("a", "1234")) == 413)
        #expect(try await status(Self.file("f", "123456")) == 413)
        #expect(try await status(Self.field() + Self.field() + Self.field()) == 413)
        #expect(
            try await status(
                Self.part(
                    "Content-Disposition: form-data; name=a\r\nX: \(String(repeating: "y", count: 250))"
                )
            ) == 413
        )
    }

    @Test("random bytes never trap, and a change is never read as another form", arguments: 0..<20)
    func fuzz(round: Int) async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(seed: seed)
        let router = try Self.router()
        for _ in 0..<50 {
            var bytes = Array(Self.example.utf8)
            for _ in 0...random.below(3) {
                let place = random.below(bytes.count)
                switch random.below(4) {
                case 0: bytes[place] = UInt8(random.below(256))
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(contentsOf: "\r\n--AaB03x".utf8.prefix(random.below(12)), at: place)
                default: bytes.removeSubrange(place...)
                }
                if bytes.isEmpty { bytes = [0] }
            }
            let type: HTTPFields = [.contentType: Self.type]
            let whole = try await router.send(.post, "/parts", fields: type, body: HTTPBody(bytes))
            #expect([200, 400, 413].contains(whole.status), "seed \(seed)")
            let cut = random.below(bytes.count)
            let pieces = [Array(bytes[..<cut]), Array(bytes[cut...])]
            let body = HTTPBody(
                AsyncStream { continuation in
                    for piece in pieces where !piece.isEmpty { continuation.yield(piece) }
                    continuation.finish()
                }
            )
            let split = try await router.send(.post, "/parts", fields: type, body: body)
            #expect(split.status == whole.status && split.text == whole.text, "seed \(seed), cut at \(cut)")
        }
    }
}
