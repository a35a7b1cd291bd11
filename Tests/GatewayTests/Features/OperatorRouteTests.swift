import Configuration
import Discovery
import Foundation
import HTTP
import JSON
import Reactor
import Supervision
import Synchronization
import TestSupport
import Testing
import VigieTesting

@testable import Gateway

@Suite("G2: operators' routes, and answers of the registry that come late", .timeLimit(.minutes(2)))
struct OperatorRouteTests {
    /// Stands before a registry, and can hold answers about operators' routes back.
    private final class SlowRegistry: Sendable {
        private let client: HTTPClient
        private let registry: SocketAddress
        private let gate: Mutex<Latch?> = Mutex(nil)
        /// How many answers came to the gate.
        let arrived = Atomic(0)

        /// Holds the first answer, until it is opened.
        let first = Latch()

        init(before registry: SocketAddress, over client: HTTPClient, holdsFirst: Bool = false) {
            (self.registry, self.client) = (registry, client)
            if !holdsFirst { first.open() }
        }

        /// Holds the next answer that was waited for, until the latch is opened.
        func hold() -> Latch {
            let latch = Latch()
            gate.withLock { $0 = latch }
            return latch
        }

        func answer(_ request: HTTPRequest) async throws -> HTTPResponse {
            var request = request
            request.body = HTTPBody(try await request.body.collect(upTo: 1 << 20))
            var response = try await client.send(request, to: HTTPDestination(registry))
            response.body = HTTPBody(try await response.body.collect(upTo: 1 << 20))
            let target = request.head.target
            guard target.contains("vigie/gateway/routes") else { return response }
            await first.wait()
            guard target.contains("index=") else { return response }
            arrived.add(1, ordering: .relaxed)
            await gate.withLock { $0.take() }?.wait()
            return response
        }
    }

    private static func document(_ path: String) -> [UInt8] {
        Array(#"{"id": "\#(path)", "path": "/\#(path)", "service": "echo", "auth": "open"}"#.utf8)
    }

    @Test("G29: a gateway that has yet to hear which routes there are waits for that, and says so in the end")
    func unheard() async throws {
        let program = try RunningProgram("vigie", ["registry", "--port", "0", "--loops", "1"])
        let address = try await program.listening()
        var patience = HTTPClientSettings()
        patience.timeouts.attempt = .seconds(90)
        patience.timeouts.total = nil
        let http = HTTPClient(on: try TestLoops.two, settings: patience)
        let slow = SlowRegistry(before: address, over: http, holdsFirst: true)
        let server = try await HTTPServer.start(at: .loopback(port: 0), on: try TestLoops.two) {
            try await slow.answer($0)
        }
        var settings = ConsulSettings()
        settings.address = ConsulAddress(HTTPDestination(address))
        let other = ConsulClient(settings, over: http)
        let outcome = await Result {
            _ = try await other.put(DiscoveryKeys.operatorRoutes + "first", Self.document("first"))
            let settings = ["consul.address": "\(server.address)", "discovery.snapshots": ""]
            try await TestService.run(Gateway.self, settings: settings, on: try TestLoops.two) { gateway in
                let early = try await gateway.get("/first")
                #expect(early.status == 503 && early.reason == "routes_unknown", "\(early.text)")
                slow.first.open()
                try await eventually("the route") { try await gateway.get("/first").reason == "no_instance" }
                #expect(try await gateway.get("/nothing").status == 404)
            }
        }
        slow.first.open()
        _ = await server.drain()
        await http.close()
        await program.process.stop()
        try outcome.get()
    }

    @Test("G2: an answer that is older than a change by this gateway does not take it back")
    func late() async throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "gateway.json")
        try Data(#"{"routes": []}"#.utf8).write(to: file)
        let program = try RunningProgram("vigie", ["registry", "--port", "0", "--loops", "1"])
        let address = try await program.listening()
        var patience = HTTPClientSettings()
        patience.timeouts.attempt = .seconds(90)
        patience.timeouts.total = nil
        let http = HTTPClient(on: try TestLoops.two, settings: patience)
        let slow = SlowRegistry(before: address, over: http)
        let server = try await HTTPServer.start(at: .loopback(port: 0), on: try TestLoops.two) {
            try await slow.answer($0)
        }
        var settings = ConsulSettings()
        settings.address = ConsulAddress(HTTPDestination(address))
        let other = ConsulClient(settings, over: http)
        let outcome = await Result {
            try await TestService.run(
                Gateway.self,
                settings: [
                    "gateway.file": file.path, "consul.address": "\(server.address)",
                    "discovery.snapshots": "",
                ],
                on: try TestLoops.two
            ) { gateway in
                let key = { (name: String) in DiscoveryKeys.operatorRoutes + name }
                _ = try await other.put(key("first"), Self.document("first"))
                try await eventually("the first route") { try await gateway.get("/first").status == 503 }
                // What another gateway writes is held on its way here.
                let late = slow.hold()
                let before = slow.arrived.load(ordering: .relaxed)
                _ = try await other.put(key("second"), Self.document("second"))
                try await eventually("a held answer") { slow.arrived.load(ordering: .relaxed) > before }
                let added = try await gateway.admin(
                    .put,
                    "/admin/routes/mine",
                    json: String(decoding: Self.document("mine"), as: UTF8.self)
                )
                #expect(added.status == 201, "\(added.text)")
                #expect(try await gateway.get("/mine").status == 503)
                // The next answer, which has the route, is held, too: only the old one arrives.
                let next = slow.hold()
                late.open()
                try await eventually("the old answer's routes") {
                    try await gateway.get("/second").status == 503
                }
                try await eventually("a further answer") {
                    slow.arrived.load(ordering: .relaxed) > before + 1
                }
                #expect(try await gateway.get("/mine").status == 503)
                // So with what was taken away.
                #expect(try await gateway.admin(.delete, "/admin/routes/second").status == 204)
                #expect(try await gateway.get("/second").status == 404)
                next.open()
                _ = try await other.delete(key("first"))
                try await eventually("the end of the first") { try await gateway.get("/first").status == 404 }
                #expect(try await gateway.get("/second").status == 404)
                #expect(try await gateway.get("/mine").status == 503)
            }
        }
        _ = await server.drain()
        await http.close()
        await program.process.stop()
        try outcome.get()
    }

    @Test("G2: a bad document in the store is told, and no more once it is gone")
    func repaired() async throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "gateway.json")
        try Data(#"{"routes": []}"#.utf8).write(to: file)
        let program = try RunningProgram("vigie", ["registry", "--port", "0", "--loops", "1"])
        let address = try await program.listening()
        let http = HTTPClient(on: try TestLoops.two)
        var settings = ConsulSettings()
        settings.address = ConsulAddress(HTTPDestination(address))
        let other = ConsulClient(settings, over: http)
        let outcome = await Result {
            try await TestService.run(
                Gateway.self,
                settings: [
                    "gateway.file": file.path, "consul.address": "\(address)", "discovery.snapshots": "",
                ],
                on: try TestLoops.two
            ) { gateway in
                func refused() async throws -> String {
                    "\(String(describing: try await gateway.admin(.get, "/admin/routes").json["refused"]))"
                }
                _ = try await other.put(DiscoveryKeys.operatorRoutes + "bad", Array(#"{"pth": "/a"}"#.utf8))
                try await eventually("its mistake") { try await refused().contains("did you mean `path`?") }
                // Another route that is taken makes the bad one no better.
                let route = String(decoding: Self.document("good"), as: UTF8.self)
                #expect(try await gateway.admin(.put, "/admin/routes/good", json: route).status == 201)
                #expect(try await refused().contains("did you mean `path`?"))
                _ = try await other.delete(DiscoveryKeys.operatorRoutes + "bad")
                try await eventually("no mistake") { try await !refused().contains("did you mean") }
                #expect(try await gateway.get("/good").status == 503)
            }
        }
        await http.close()
        await program.process.stop()
        try outcome.get()
    }
}
