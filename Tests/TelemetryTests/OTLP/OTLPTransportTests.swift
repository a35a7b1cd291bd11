import Foundation
import HTTP
import Reactor
import Synchronization
import TestSupport
import Testing

@testable import Telemetry

@Suite("OTLP over HTTP") struct OTLPTransportTests {
    /// A collector that answers as told and keeps what came.
    final class Collector: Sendable {
        struct Received: Sendable {
            let head: HTTPRequestHead
            let content: [UInt8]
        }
        private let received: Mutex<[Received]> = Mutex([])
        private let statuses: Mutex<[HTTPStatus]>

        init(_ statuses: [HTTPStatus] = []) { self.statuses = Mutex(statuses) }

        var all: [Received] { received.withLock { $0 } }

        @Sendable func handle(_ request: HTTPRequest) async throws -> HTTPResponse {
            let content = try await request.body.collect(upTo: 1 << 22)
            received.withLock { $0.append(Received(head: request.head, content: content)) }
            let status = statuses.withLock { $0.isEmpty ? .ok : $0.removeFirst() }
            return HTTPResponse(status, fields: ["retry-after": "0"])
        }
    }

    /// Exports spans of `OTLPBatchTests` to a collector.
    static func export(
        to collector: Collector,
        _ change: (inout OTLPSettings) -> Void = { _ in }
    ) async throws
        -> BatchSpanExporter.Counters
    {
        let group = try TestLoops.two
        let server = try await HTTPServer.start(at: .loopback(port: 0), on: group, handler: collector.handle)
        var settings = OTLPSettings()
        (settings.host, settings.port) = ("127.0.0.1", server.address.port ?? 0)
        change(&settings)
        let client = HTTPClient(on: group)
        let transport = OTLPTransport(settings, resource: OTLPBatchTests.resource, client: client)
        let exporter = BatchSpanExporter(to: transport, on: group)
        let tracer = Tracer(sink: exporter)
        let counters = await withTaskGroup { tasks in
            tasks.addTask { await exporter.run() }
            for index in 0..<3 { tracer.start("s\(index)", remoteParent: .example).end() }
            _ = await exporter.flush(by: .now + .seconds(20))
            tasks.cancelAll()
            return exporter.counters
        }
        await client.close()
        _ = await server.drain()
        return counters
    }

    @Test("spans are posted as the environment says, again after a 503, and are what was recorded")
    func posts() async throws {
        let collector = Collector([503])
        let counters = try await Self.export(to: collector) { settings in
            settings.headers = [.init(name: "api-key", value: "k")]
        }
        #expect(counters.exported == 3 && counters.retries == 1 && counters.failed == 0)
        let received = collector.all
        try #require(received.count == 2)
        #expect(received[0].content == received[1].content)
        #expect(received[1].head.method == .post && received[1].head.target == "/v1/traces")
        #expect(received[1].head.fields["content-type"] == "application/x-protobuf")
        #expect(received[1].head.fields["api-key"] == "k")
        if Program.isPythonWanted {
            let read = "\(try await OTLPBatchTests.decode(received[1].content, "protobuf"))"
            #expect(["s0", "s1", "s2", "notes-a-1"].allSatisfy { read.contains($0) })
        }
    }

    @Test("JSON goes out as JSON; a refusal is final and counted")
    func json() async throws {
        let collector = Collector([400])
        let counters = try await Self.export(to: collector) { $0.encoding = .json }
        #expect(counters.failed == 3 && counters.lastFailure == "400 Bad Request")
        #expect(collector.all.first?.head.fields["content-type"] == "application/json")
        #expect(try object(String(decoding: collector.all[0].content, as: UTF8.self))["resourceSpans"] != nil)
    }

    @Test("the file has a line a batch and stops at its limit")
    func file() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "vigie-\(UUID().uuidString).jsonl")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let pool = try TestLoops.two.blocking
        let transport = try FileSpanTransport(
            path: path,
            byteLimit: 10_000,
            resource: OTLPBatchTests.resource,
            pool: pool
        )
        var batch = SpanBatch()
        batch.pieces = [[]]
        for span in OTLPBatchTests.spans() {
            transport.append(span, OTLPBatchTests.clock, to: &batch.pieces[0])
        }
        let line = transport.payload(of: batch)
        var deliveries: [SpanDelivery] = []
        while deliveries.last != .failed(reason: "append to \(path): File too large"), deliveries.count < 100
        {
            deliveries.append(await transport.send(line))
        }
        let content = try String(contentsOfFile: path, encoding: .utf8)
        let lines = content.split(separator: "\n")
        #expect(lines.count == deliveries.count - 1 && lines.count == 10_000 / line.count)
        for line in lines { #expect(try object(line)["resourceSpans"] != nil) }
        #expect(throws: SystemError.self) {
            try FileSpanTransport(path: "/nonexistent/x", resource: OTLPBatchTests.resource, pool: pool)
        }
    }
}
