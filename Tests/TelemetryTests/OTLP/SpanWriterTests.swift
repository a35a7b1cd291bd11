import Foundation
import HTTP
import Reactor
import TestSupport
import Testing

@testable import Telemetry

/// The spans of requests and calls, whose attributes are made when they are written.
@Suite("writing spans", .timeLimit(.minutes(1))) struct SpanWriterTests {
    /// A request each: as usual; with a secret in its path and a name that is no UTF-8; with attributes of its handler in
    /// the place of its own, and more than fit, once behind them and once in front; and calls, the last one to a path that is
    /// longer than texts may be. All behind a span that was given a name twice.
    static func spans() async throws -> [EndedSpan] {
        let observed = try await ObservedServer.run { request in
            let isLate = request.head.isPath("/late")
            guard isLate || request.head.isPath("/changed") else { return HTTPResponse(.ok) }
            let span = Context.current.span
            let others = isLate ? 125 : 130
            if isLate { for index in 0..<others { span.set(AttributeKey("n\(index)"), .int(index)) } }
            span.set([.urlPath: "/other", .httpRoute: "/mine", "password": "hunter2"])
            if !isLate { for index in 0..<others { span.set(AttributeKey("n\(index)"), .int(index)) } }
            return HTTPResponse(.serviceUnavailable)
        } _: { server in
            var latin = HTTPFields()
            latin.append(HTTPFieldName("user-agent"), bytes: [0x61, 0xe9, 0x22])
            try await server.send(HTTPRequest(.get, "/notes/7?x=1", fields: ["user-agent": "näme \"1\""]))
            try await server.send(HTTPRequest(.get, "/login;password=hunter2", fields: latin))
            let long = String(repeating: "é", count: 3000)
            try await server.send(HTTPRequest(.get, "/changed", fields: ["user-agent": long]))
            try await server.send(HTTPRequest(.get, "/late"))
        }
        let sink = InMemorySpanSink()
        let tracer = Tracer(sink: sink)
        tracer.start("twice", remoteParent: nil, attributes: ["a": 1, "b": 2, "a": 3]).end()
        let parent = tracer.start("parent", remoteParent: nil)
        let long = "/" + String(repeating: "é", count: 3000)
        for (path, resend) in [("/things/é;api_key=hunter2", 0), ("/", 1), (long, 0)] {
            let call = HTTPCall(
                "GET",
                SharedAttributes([.httpRequestMethod: "GET", .urlTemplate: "/things/{id}"]),
                to: SharedAttributes([.serverAddress: "10.0.0.1", .serverPort: 8080]),
                url: ("http://10.0.0.1:8080", Array(path.utf8)[...]),
                resend: resend
            )
            let span = tracer.start(call, parent: parent, at: .now)
            span.record?.answered(resend == 0 ? .ok : .notFound)
            if resend > 0 { span.span.set(.errorType, "404") }
            span.span.end()
        }
        return observed.spans.ended + sink.ended
    }

    private static func attributes(_ span: [String: Any]) throws -> [String: NSDictionary] {
        let list = try #require(span["attributes"] as? [[String: Any]])
        return try list.reduce(into: [:]) { all, one in
            let key = try #require(one["key"] as? String)
            #expect(
                all.updateValue(try #require(one["value"] as? NSDictionary), forKey: key) == nil,
                "\(key)"
            )
        }
    }

    @Test("what is written is what the span's data says, without secrets; no name stands twice")
    func same() async throws {
        let spans = try await Self.spans()
        let text = String(decoding: OTLPBatchTests.request(.json, spans), as: UTF8.self)
        #expect(!text.contains("hunter2") && spans.count == 8)
        let url = try #require(spans.last?.data.attributes[.urlFull])
        #expect(url.textByteCount > 4090 && !url.isLonger(than: SpanLimits().textByteCount))
        let resources = try #require(try object(text)["resourceSpans"] as? [[String: Any]])
        let scopes = try #require(resources.first?["scopeSpans"] as? [[String: Any]])
        let written = try #require(scopes.first?["spans"] as? [[String: Any]])
        #expect(written.count == spans.count)
        for (span, written) in zip(spans.map(\.data), written) {
            let attributes = try Self.attributes(written)
            if span.name == "twice" { #expect(attributes["a"] == ["intValue": "3"] as NSDictionary) }
            if span.content.droppedAttributes > 0 {
                #expect(attributes["url.path"] == ["stringValue": "/other"])
            }
            #expect(attributes.count == span.attributes.count)
            for attribute in span.attributes.list {
                let value = try #require(attributes[attribute.key.name], "\(attribute.key)")
                switch Redactor.standard.value(attribute) {
                case .string(let text): #expect(value == ["stringValue": text] as NSDictionary)
                case .int(let number): #expect(value == ["intValue": "\(number)"] as NSDictionary)
                case let other: Issue.record("\(other) is no value of these spans")
                }
            }
            #expect(written["droppedAttributesCount"] as? Int ?? 0 == span.content.droppedAttributes)
            #expect(written["name"] as? String == span.name)
            let status = written["status"] as? [String: Any]
            #expect((status?["code"] as? Int == 2) == span.status.isError)
        }
    }

    @Test("a secret that the cut of a long text goes through is not written in part")
    func cutSecret() async throws {
        let long = String(repeating: "x", count: SpanLimits().textByteCount - 20)
        let secret = "/postgres://u:hunter2hunter2@h/"
        let observed = try await ObservedServer.run { _ in
            Context.current.span.set("note", .string(long + secret))
            Context.current.span.set("notes", .strings(["short", long + secret]))
            return HTTPResponse(.ok)
        } _: { server in
            try await server.send(HTTPRequest(.get, "/" + long + secret))
        }
        for encoding in [OTLPSettings.Encoding.json, .protobuf] {
            let text = String(decoding: OTLPBatchTests.request(encoding, observed.spans.ended), as: UTF8.self)
            #expect(text.contains("xxx/postgres://u:") && !text.contains("hunt"))
        }
    }

    @Test(
        "OpenTelemetry's own classes read the same from both encodings",
        .enabled(if: Program.isPythonWanted)
    )
    func official() async throws {
        let spans = try await Self.spans()
        let fromProtobuf = try await OTLPBatchTests.decode(
            OTLPBatchTests.request(.protobuf, spans),
            "protobuf"
        )
        #expect(
            fromProtobuf == (try await OTLPBatchTests.decode(OTLPBatchTests.request(.json, spans), "json"))
        )
        for part in ["http://10.0.0.1:8080/things/", "/login;password=***", "/mine"] {
            #expect("\(fromProtobuf)".contains(part), "\(part)")
        }
    }
}
