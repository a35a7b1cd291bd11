import Foundation
import HTTP
import Reactor
import TestSupport
import Testing

@testable import Supervisor

@Suite("traces of a run", .timeLimit(.minutes(1))) struct TraceTests {
    private static let line = """
        {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"gateway"}}]},"scopeSpans":[{"spans":[
        {"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"GET /api/listings/{id}","kind":2,"startTimeUnixNano":"1000000000","endTimeUnixNano":"1010000000","attributes":[{"key":"http.response.status_code","value":{"intValue":"503"}}],"status":{"code":2}},
        {"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203332","parentSpanId":"b7ad6b7169203331","name":"GET","kind":3,"startTimeUnixNano":"1002000000","endTimeUnixNano":"1008000000"}]}]}]}
        """

    private static func send(_ body: String, _ type: String, to endpoint: String) async throws -> HTTPStatus {
        let client = HTTPClient(on: try TestLoops.two)
        let port = try #require(UInt16(endpoint.split(separator: ":").last ?? ""))
        var fields = HTTPFields()
        fields.append(.contentType, type)
        let request = HTTPRequest(.post, "/v1/traces", fields: fields, body: HTTPBody(body))
        let response = try await client.send(request, to: HTTPDestination(.loopback(port: port)))
        await client.close()
        return response.head.status
    }

    @Test("what is sent as OTLP/JSON is shown as a list and as a waterfall")
    func waterfall() async throws {
        let folder = try TemporaryFolder()
        let system = SystemFolder(path: folder.path)
        try system.create()
        let receiver = try await TraceReceiver.start(into: system, on: try TestLoops.two)
        #expect(try await Self.send(Self.line, "application/json", to: receiver.endpoint) == .ok)
        #expect(
            try await Self.send("x", "application/x-protobuf", to: receiver.endpoint) == .unsupportedMediaType
        )
        #expect(try await Self.send("[]", "application/json", to: receiver.endpoint) == .badRequest)
        await receiver.stop()
        let waterfall = Waterfall(try TraceFile.lines(in: system.traces))
        let list = waterfall.list(5)
        #expect(list.count == 1)
        #expect(
            list[0].hasPrefix("0af7651916cd43dd8448eb211c80319c    10.00 ms    2 spans  1 services  1 errors")
        )
        let lines = try #require(waterfall.lines(of: "0af7", width: 10))
        #expect(lines[0] == "trace 0af7651916cd43dd8448eb211c80319c  10.00 ms  2 spans")
        #expect(lines[2].contains("gateway: GET /api/listings/{id}"))
        #expect(lines[2].hasSuffix("██████████  ERROR 503"))
        #expect(lines[3].contains("  gateway: GET ") && lines[3].hasSuffix("  ██████"))
        #expect(waterfall.lines(of: "ffff") == nil)
    }

    @Test("lines that are cut or foreign, and spans that are their own ancestors, are passed over")
    func damaged() {
        let loop = """
            {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"aa","spanId":"1","parentSpanId":"2","name":"a","startTimeUnixNano":"1","endTimeUnixNano":"2"},{"traceId":"aa","spanId":"2","parentSpanId":"1","name":"b","startTimeUnixNano":"1","endTimeUnixNano":"2"}]}]}]}
            """
        let waterfall = Waterfall(["{\"resourceSpans\":[{", "[]", "{}", loop].map { Array($0.utf8) })
        #expect(waterfall.list(5).count == 1)
        #expect(waterfall.lines(of: "aa")?.count == 2)
    }
}
