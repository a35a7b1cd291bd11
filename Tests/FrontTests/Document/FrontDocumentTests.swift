import Documents
import Foundation
import Testing

@testable import Front

@Suite("the front's document") struct FrontDocumentTests {
    private static func read(_ text: String) throws(DocumentError) -> FrontDocument {
        try FrontDocument(parsing: Array(text.utf8), in: "/folder")
    }

    @Test("all keys are read, and what is left out has its default")
    func reads() throws {
        let document = try Self.read(
            """
            {"zones": {"api": {"rate": "10/s", "burst": 20}, "auth": {"rate": "5/min"}}, "connections": 7,
             "bodyLimit": "1MiB", "static": "site", "cache": [{"path": "/assets/", "maxAge": "1h"}],
             "locations": [{"path": "/api/auth/", "zone": "auth"}, {"path": "/api", "zone": "api", "timeout": "5s"},
                           {"path": "/api/ws", "websocket": true}]}
            """
        )
        #expect(document.zones.map(\.name) == ["api", "auth"])
        #expect(document.zones.map(\.burst) == [20, 1])
        #expect(document.zones.map(\.rate.nginx) == ["10r/s", "5r/m"])
        #expect(document.zones.map(\.rate.secondsForOne) == [1, 12])
        #expect(document.connections == 7 && document.bodyLimit == 1 << 20)
        #expect(document.staticFolder == "/folder/site")
        #expect(document.cache.map(\.path.text) == ["/assets"] && document.cache[0].maxAge == .seconds(3_600))
        #expect(document.locations.map(\.path.text) == ["/api/auth", "/api", "/api/ws"])
        #expect(document.locations.map(\.timeout) == [.seconds(60), .seconds(5), .seconds(3_600)])
        let least = try Self.read(#"{"locations": [{"path": "/"}]}"#)
        #expect(least.connections == 100 && least.bodyLimit == 10 << 20 && least.zones.isEmpty)
    }

    @Test("what is rendered of a system's declaration is a front's document")
    func deployed() throws {
        let deploy = URL(filePath: #filePath).appending(path: "../../../../deploy").standardizedFileURL
        let systems = try FileManager.default.contentsOfDirectory(atPath: deploy.path)
        let files = systems.map { deploy.appending(path: "\($0)/front.json") }
        let present = files.filter { FileManager.default.fileExists(atPath: $0.path) }
        #expect(!present.isEmpty)
        for file in present {
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(try !Self.read(text).locations.isEmpty)
        }
    }

    private static let mistakes: [(String, String)] = [
        ("[]", "the document: must be an object"),
        ("{", "byte 1"),
        (#"{"location": []}"#, "location: there is no such key, did you mean `locations`?"),
        (#"{}"#, "locations: must name a path"),
        (#"{"zones": {"Api": {"rate": "1/s"}}}"#, "zones.Api: must have a name of 1 to 32"),
        (#"{"zones": {"api;": {"rate": "1/s"}}}"#, "zones.api;: must have a name"),
        (#"{"zones": {"static": {"rate": "1/s"}}}"#, "zones.static: has a name that the front needs itself"),
        (#"{"zones": {"api": {"burst": 1}}}"#, "zones.api: must have a rate"),
        (
            #"{"zones": {"api": {"rate": "0.5/s"}}}"#,
            "zones.api.rate: must be a whole number of requests a second"
        ),
        (#"{"zones": {"api": {"rate": "10/h"}}}"#, "zones.api.rate: must be a whole number"),
        (#"{"zones": {"api": {"rate": "0/s"}}}"#, "zones.api.rate: must be a whole number"),
        (
            #"{"zones": {"api": {"rate": "1/s", "burst": -1}}}"#,
            "zones.api.burst: must be a whole number from 0"
        ),
        (#"{"connections": 0}"#, "connections: must be a whole number from 1"),
        (#"{"bodyLimit": "10MB"}"#, "bodyLimit: must be a number of bytes"),
        (#"{"locations": [{"zone": "api"}]}"#, "locations[0]: must have a path"),
        (#"{"locations": [{"path": "/a", "zone": "b"}]}"#, #"locations[0].zone: there is no zone "b""#),
        (#"{"locations": [{"path": "/a"}, {"path": "/a/"}]}"#, "locations[1].path: is there twice: /a"),
        (#"{"locations": [{"path": "/metrics"}]}"#, "/metrics, /health* and /admin* are never passed on"),
        (#"{"locations": [{"path": "/healthy/x"}]}"#, "are never passed on"),
        (#"{"locations": [{"path": "/admin-tools"}]}"#, "are never passed on"),
        (#"{"locations": [{"path": "/.front/x"}]}"#, "is the front's own"),
        (
            #"{"locations": [{"path": "/a", "timeout": "0s"}]}"#,
            "locations[0].timeout: must be a time from 1s"
        ),
        (#"{"static": "x", "locations": [{"path": "/"}]}"#, "static: can't be there beside a location"),
        (
            #"{"cache": [{"path": "/a", "maxAge": "1h"}], "locations": [{"path": "/b"}]}"#,
            "cache: is for static files"
        ),
        (#"{"static": "a$b"}"#, "static: must be a folder's path without $"),
    ]

    @Test("a mistake is told with its place and the rule", arguments: mistakes)
    func refuses(text: String, saying part: String) throws {
        let error = try #require(throws: DocumentError.self) { try Self.read(text) }
        #expect(error.mistakes.contains { $0.contains(part) }, "\(error.mistakes)")
    }

    @Test("all mistakes are told at once")
    func refusesAll() throws {
        let text =
            #"{"zones": {"a": {}, "b": {"rate": 1}}, "connections": "x", "locations": [{"path": "a"}], "y": 1}"#
        let error = try #require(throws: DocumentError.self) { try Self.read(text) }
        #expect(error.mistakes.count >= 5, "\(error.mistakes)")
    }

    private static let hostile = [
        "", "a", "//", "/a//b", "/a/./b", "/a/../b", "/a b", "/a;b", "/a{", "/a}", "/a\"", "/a'", "/a$b",
        "/a\\", "/a\n",
        "/ä", "/%2e", "/a#b", "/a?b", "/" + String(repeating: "a", count: 256),
    ]

    @Test("no path can become another word of nginx's configuration", arguments: hostile)
    func hostilePath(text: String) {
        #expect(FrontPath(text) == nil)
    }
}
