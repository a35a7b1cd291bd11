import Foundation
import Glibc
import HTTP
import HTTPWire
import Reactor
import TestSupport
import Testing

/// A folder with a few files, beside one that must not be reachable from it.
final class FileFolder: Sendable {
    static let digits = Array("0123456789".utf8)
    static let large = Array(
        (0..<3_000).map { Array(repeating: UInt8(truncatingIfNeeded: $0 / 7), count: 1_000) }.joined()
    )
    private let outer: TemporaryFolder
    var base: URL { outer.url }
    var root: String { base.appending(path: "public").path }

    init() throws {
        outer = try TemporaryFolder()
        let folder = base.appending(path: "public")
        try FileManager.default.createDirectory(
            at: folder.appending(path: "sub"),
            withIntermediateDirectories: true
        )
        try Data("secret".utf8).write(to: base.appending(path: "secret.txt"))
        try Data(Self.digits).write(to: folder.appending(path: "digits.txt"))
        try Data().write(to: folder.appending(path: "empty.bin"))
        try Data("secret".utf8).write(to: folder.appending(path: ".env"))
        try Data("été".utf8).write(to: folder.appending(path: "sub/un été.html"))
        try Data(Self.large).write(to: folder.appending(path: "large.bin"))
        try FileManager.default.createSymbolicLink(
            at: folder.appending(path: "out.txt"),
            withDestinationURL: base.appending(path: "secret.txt")
        )
    }
}

@Suite("files", .timeLimit(.minutes(1))) struct FileResponderTests {
    let group: EventLoopGroup
    let folder: FileFolder

    init() throws {
        group = try TestServer.group
        folder = try FileFolder()
    }

    /// Serves the folder and asks once, over a real connection.
    private func ask(
        _ target: String,
        _ fields: HTTPFields = [:],
        method: HTTPMethod = .get
    ) async throws -> (head: HTTPResponseHead, body: [UInt8]) {
        let files = FileResponder(root: folder.root, pool: group.blocking, cacheControl: "max-age=60")
        let server = try await HTTPServer.start(at: .loopback(port: 0), on: group) {
            try await files.response(to: $0.head)
        }
        let client = HTTPClient(on: group)
        let answer = try await client.send(
            HTTPRequest(method, target, fields: fields),
            to: HTTPDestination(server.address)
        )
        let body = try await answer.body.collect(upTo: 1 << 24)
        await client.close()
        #expect(await server.drain() == .drained)
        return (answer.head, body)
    }

    @Test("a file comes whole, with its type and validators")
    func whole() async throws {
        let (head, body) = try await ask("/digits.txt")
        #expect(head.status == .ok)
        #expect(body == FileFolder.digits)
        #expect(head.fields[.contentType] == "text/plain; charset=utf-8")
        #expect(head.fields[.acceptRanges] == "bytes")
        #expect(head.fields[.cacheControl] == "max-age=60")
        #expect(head.fields[.eTag]?.hasPrefix("\"") == true)
        #expect(head.fields[.lastModified]?.hasSuffix(" GMT") == true)
    }

    @Test("a large file arrives intact, and HEAD tells its length without content")
    func large() async throws {
        let (head, body) = try await ask("/large.bin")
        #expect(head.status == .ok)
        #expect(body == FileFolder.large)
        let (headOnly, nothing) = try await ask("/large.bin", method: .head)
        #expect(headOnly.fields[.contentLength] == "3000000")
        #expect(nothing.isEmpty)
    }

    @Test("names are decoded, empty files are files")
    func names() async throws {
        let (head, body) = try await ask("/sub/un%20%C3%A9t%C3%A9.html")
        #expect(head.status == .ok)
        #expect(String(decoding: body, as: UTF8.self) == "été")
        #expect(try await ask("/empty.bin").head.status == .ok)
    }

    @Test(
        "what is no file below the folder is 404",
        arguments: [
            "/nope.txt", "/", "/sub", "/sub/", "/../secret.txt", "/%2e%2e/secret.txt",
            "/sub/../../secret.txt", "/out.txt",
            "/..%2fsecret.txt", "/%2Fetc%2Fpasswd", "//etc/passwd", "/digits.txt/", "/sub%2Fun", "/%ff",
            "/.env", "/%2eenv",
        ]
    )
    func absent(target: String) async throws { #expect(try await ask(target).head.status == .notFound) }

    @Test("other methods are 405 with Allow")
    func methods() async throws {
        let (head, _) = try await ask("/digits.txt", method: .post)
        #expect(head.status == .methodNotAllowed)
        #expect(head.fields[.allow] == "GET, HEAD")
    }

    @Test("one range is 206 with its place")
    func oneRange() async throws {
        let (head, body) = try await ask("/digits.txt", [.range: "bytes=2-4"])
        #expect(head.status == .partialContent)
        #expect(head.fields[.contentRange] == "bytes 2-4/10")
        #expect(body == Array("234".utf8))
    }

    @Test("several ranges come as multipart, in the order asked for")
    func severalRanges() async throws {
        let (head, body) = try await ask("/digits.txt", [.range: "bytes=8-,0-1"])
        #expect(head.status == .partialContent)
        let type = try #require(head.fields[.contentType])
        let boundary = try #require(type.split(separator: "=").last)
        #expect(type.hasPrefix("multipart/byteranges; boundary="))
        let expected =
            "\r\n--\(boundary)\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes 8-9/10\r\n\r\n89"
            + "\r\n--\(boundary)\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes 0-1/10\r\n\r\n01"
            + "\r\n--\(boundary)--\r\n"
        #expect(String(decoding: body, as: UTF8.self) == expected)
    }

    @Test("a range beyond the end is 416 with the size; a thousand ranges get the whole")
    func refusedRanges() async throws {
        let (head, _) = try await ask("/digits.txt", [.range: "bytes=10-"])
        #expect(head.status == .rangeNotSatisfiable)
        #expect(head.fields[.contentRange] == "bytes */10")
        let many = (0..<1_000).map { "\($0 % 10)-\($0 % 10)" }.joined(separator: ",")
        #expect(try await ask("/digits.txt", [.range: "bytes=\(many)"]).head.status == .ok)
    }

    @Test("validators: 304 when the copy is current, ranges only then")
    func conditions() async throws {
        let first = try await ask("/digits.txt").head
        let tag = try #require(first.fields[.eTag])
        let date = try #require(first.fields[.lastModified])
        for match in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
            let (head, body) = try await ask("/digits.txt", [.ifNoneMatch: match])
            #expect(head.status == .notModified, "\(match)")
            #expect(body.isEmpty)
            #expect(head.fields[.eTag] == tag)
        }
        #expect(
            try await ask("/digits.txt", [.ifNoneMatch: "\"x\"", .ifModifiedSince: date]).head.status == .ok
        )
        #expect(try await ask("/digits.txt", [.ifModifiedSince: date]).head.status == .notModified)
        #expect(try await ask("/digits.txt", [.ifModifiedSince: "yesterday"]).head.status == .ok)
        #expect(
            try await ask("/digits.txt", [.range: "bytes=0-0", .ifRange: tag]).head.status == .partialContent
        )
        #expect(
            try await ask("/digits.txt", [.range: "bytes=0-0", .ifRange: date]).head.status == .partialContent
        )
        #expect(try await ask("/digits.txt", [.range: "bytes=0-0", .ifRange: "\"x\""]).head.status == .ok)
    }

    @Test("a file that becomes shorter while it is sent cuts its answer at once")
    func truncated() async throws {
        let path = folder.base.appending(path: "public/shrinks.bin")
        let size = 32 << 20
        try Data(count: size).write(to: path)
        let reports = Events<String>()
        let files = FileResponder(root: folder.root, pool: group.blocking)
        try await TestServer.run(on: group) {
            $0.report = { if case .contentFailed(let text) = $0 { reports.note(text) } }
        } handler: {
            try await files.response(to: $0.head)
        } _: { server in
            let client = try await RawClient.connect(to: server.address, receiveBuffer: 1 << 14)
            try await client.send("GET /shrinks.bin HTTP/1.1\r\nHost: a\r\n\r\n")
            // More than that waits for the client.
            _ = try await client.bytes(1 << 16)
            #expect(unsafe truncate(path.path, 1 << 17) == 0)
            let (bytes, ending) = try await client.rest()
            #expect(bytes.count < size && ending == .reset)
            #expect(await reports.next()?.contains("shorter") == true)
            #expect(await server.finalCounters().writeTimeouts == 0)
        }
    }
}
