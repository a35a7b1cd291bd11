import Foundation
import HTTP
import Reactor
import Routing
import TestSupport
import Testing

/// Forms whose files go to the disk.
@Suite("uploads") struct UploadTests {
    private static func router(_ folder: String, _ pool: BlockingPool? = nil) throws -> Router {
        let pool = try pool ?? TestLoops.one.blocking
        return try Router.open {
            $0.uploads = UploadSettings(folder: folder, pool: pool)
        } routes: {
            Post("/upload") { (_, form: UploadedForm) in
                let names = form.files.map {
                    "\($0.head.name)/\($0.head.fileName ?? "")/\($0.head.contentType ?? "-")"
                }
                var fields: HTTPFields = ["x-files": names.joined(separator: " ")]
                fields.append("x-field", form["field1"] ?? "")
                let segments = form.files.map {
                    HTTPBodySegment.file($0.file, offset: 0, count: Int($0.file.size))
                }
                return HTTPResponse(.ok, fields: fields, body: HTTPBody(segments))
            }
        }
    }

    @Test("fields are text, files come back as they were sent, and leave nothing behind")
    func upload() async throws {
        let folder = try TemporaryFolder()
        try await Live.run(Self.router(folder.path)) { server in
            var request = HTTPRequest(.post, "/upload", fields: [.contentType: MultipartTests.type])
            request.body = HTTPBody(MultipartTests.example)
            let answer = try await server.send(request)
            #expect(answer.status == 200)
            #expect(answer.fields["x-field"] == "Joe Blow")
            #expect(answer.fields["x-files"] == "pics/file1.txt/text/plain")
            #expect(answer.text == "... contents of file1.txt ...")
        }
        #expect(try folder.names.isEmpty)
    }

    @Test("a large file")
    func large() async throws {
        let folder = try TemporaryFolder()
        let content = String(repeating: "0123456789abcdef", count: 1 << 16)
        try await Live.run(Self.router(folder.path)) { server in
            var request = HTTPRequest(.post, "/upload", fields: [.contentType: MultipartTests.type])
            request.body = HTTPBody(MultipartTests.file("big", content) + "--AaB03x--")
            let answer = try await server.send(request)
            #expect(answer.text == content)
        }
        #expect(try folder.names.isEmpty)
    }

    @Test(
        "a form that is refused half-way leaves nothing behind",
        arguments: [
            (MultipartTests.file("a") + MultipartTests.field("b"), 400),
            (MultipartTests.file("a") + MultipartTests.file("b") + "--AaB03x?", 400),
        ]
    )
    func refused(content: String, status: Int) async throws {
        let folder = try TemporaryFolder()
        let answer = try await MultipartTests.send(Self.router(folder.path), "/upload", content)
        #expect(answer.status == status)
        #expect(try folder.names.isEmpty)
    }

    @Test("a field that is no text is 400")
    func text() async throws {
        let folder = try TemporaryFolder()
        let bytes =
            Array("--AaB03x\r\nContent-Disposition: form-data; name=a\r\n\r\n".utf8) + [0xFF]
            + Array("\r\n--AaB03x--".utf8)
        let answer = try await Self.router(folder.path).send(
            .post,
            "/upload",
            fields: [.contentType: MultipartTests.type],
            body: HTTPBody(bytes)
        )
        #expect(answer.status == 400)
        #expect(try answer.reason == "multipart_text")
    }

    @Test("no folder is an error of ours that names it")
    func noFolder() async throws {
        let router = try Self.router("/nonexistent-folder")
        let error = await #expect(throws: SystemError.self) {
            try await MultipartTests.send(router, "/upload", MultipartTests.example)
        }
        #expect(error?.description.contains("/nonexistent-folder") == true)
    }

    @Test("a full pool is 503")
    func full() async throws {
        let folder = try TemporaryFolder()
        let pool = BlockingPool(threads: 1, queue: 1)
        let (holds, hold) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let gate = DispatchSemaphore(value: 0)
        let busy = Task {
            try await pool.run {
                hold.yield()
                gate.wait()
            }
        }
        for await _ in holds { break }
        let waiting = Task { try await pool.run {} }
        while pool.snapshot().waiting == 0 { await Task.yield() }
        let answer = try await MultipartTests.send(
            Self.router(folder.path, pool),
            "/upload",
            MultipartTests.example
        )
        gate.signal()
        try await busy.value
        try await waiting.value
        #expect(answer.status == 503)
        #expect(try answer.reason == "blocking_pool_full")
    }
}
