import Foundation
import JSON
import Reactor
import Supervision
import TestSupport
import Testing

/// HomeTrip as `vigie up` starts it, once for all tests of a suite, in a folder of its own.
final class WholeSystem: Sendable {
    let folder: TemporaryFolder
    let origin: String
    private let process: SupervisedProcess
    private let vigie: String

    /// The one that the present suite has.
    @TaskLocal static var current: WholeSystem?

    private init(_ folder: TemporaryFolder, _ process: SupervisedProcess, _ vigie: String, origin: String) {
        (self.folder, self.process, self.vigie, self.origin) = (folder, process, vigie, origin)
    }

    /// Starts it, and returns when all is ready.
    static func start(zones: String) async throws -> WholeSystem {
        guard let vigie = Program.product("vigie"), Program.product("hometrip") != nil else {
            throw Failed(text: "vigie and hometrip are not built")
        }
        let folder = try TemporaryFolder()
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        for name in ["prometheus", "alertmanager"] {
            try FileManager.default.createSymbolicLink(
                at: folder.url.appending(path: name),
                withDestinationURL: root.appending(path: name)
            )
        }
        // PostgreSQL's user has to get in.
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
        var command = ChildProcess.Command(
            vigie,
            ["up", "hometrip", "--isolated", "--zones", zones, "--format", "json"]
        )
        command.directory = folder.path
        let process = try SupervisedProcess(command, on: try TestLoops.one.loops[0])
        var text = ""
        while let line = await process.line() {
            text += line + "\n"
            guard line == "}" else { continue }
            let start = text.firstIndex(of: "{") ?? text.startIndex
            let state = try JSONText.decode(JSONValue.self, from: Array(text[start...].utf8))
            let origin = try #require(state["addresses"]?[0]?["url"]?.string)
            return WholeSystem(folder, process, vigie, origin: origin)
        }
        throw Failed(text: text)
    }

    struct Failed: Error { let text: String }

    /// Ends it, and looks that nothing is left of it.
    func end() async throws {
        let ids = try await state().compactMap { $0["pid"]?.number?.int64.map { Int32($0) } }
        #expect(await process.stop(StopLadder(patience: .seconds(60))) == .exited(0))
        for id in ids { #expect(kill(id, 0) != 0, "\(id) is still there") }
    }

    /// The file of the authority that the front's certificate comes from.
    var authority: String { folder.path + "/.vigie/hometrip-isolated/front/certificates/ca.pem" }

    /// The folder of its logs.
    var logs: String { folder.path + "/.vigie/hometrip-isolated/logs" }

    // MARK: Asking

    /// An answer, as curl saw it.
    struct Answer: Sendable {
        let status: Int
        let fields: [String: String]
        let content: [UInt8]
        var json: JSONValue? { try? JSONText.decode(JSONValue.self, from: content) }
        var text: String { String(decoding: content, as: UTF8.self) }
    }

    /// Sends a request to the front.
    func ask(
        _ method: String,
        _ path: String,
        token: String? = nil,
        fields: [String: String] = [:],
        body: [UInt8]? = nil,
        type: String = "application/json"
    ) async throws -> Answer {
        var arguments = [
            "-sS", "-i", "--http1.1", "--cacert", authority, "-X", method, "--max-time", "40", origin + path,
        ]
        arguments += ["-H", "Expect:"]
        for (name, value) in fields { arguments += ["-H", "\(name): \(value)"] }
        if let token { arguments += ["-H", "Authorization: Bearer \(token)"] }
        if body != nil { arguments += ["-H", "Content-Type: \(type)", "--data-binary", "@-"] }
        if method == "HEAD" { arguments.append("-I") }
        let bytes = try await Program.succeed("curl", arguments, input: body ?? [])
        return try Self.parse(bytes)
    }

    /// The same with JSON.
    func ask(_ method: String, _ path: String, token: String? = nil, _ json: JSONValue) async throws -> Answer
    {
        try await ask(method, path, token: token, body: try JSONText.encode(json))
    }

    private static func parse(_ bytes: [UInt8]) throws -> Answer {
        let end = Array("\r\n\r\n".utf8)
        guard let split = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) else {
            throw Failed(text: String(decoding: bytes, as: UTF8.self))
        }
        let lines = String(decoding: bytes[..<split], as: UTF8.self).components(separatedBy: "\r\n")
        let status = try #require(lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(
                in: .whitespaces
            )
        }
        return Answer(status: status, fields: fields, content: Array(bytes[(split + end.count)...]))
    }

    /// Runs `vigie` in the system's folder; what it writes.
    @discardableResult func vigie(_ arguments: String...) async throws -> String {
        var command = ChildProcess.Command(vigie, arguments)
        command.directory = folder.path
        let process = try SupervisedProcess(command, on: try TestLoops.one.loops[0])
        var text = ""
        while let line = await process.line() { text += line + "\n" }
        guard await process.ended() == .exited(0) else { throw Failed(text: text) }
        return text
    }

    /// The processes.
    func state() async throws -> [JSONValue] {
        let text = try await vigie("ps", "--isolated", "--format", "json")
        let state = try JSONText.decode(JSONValue.self, from: Array(text.utf8))
        guard case .array(let processes)? = state["processes"] else { throw Failed(text: text) }
        return processes
    }

    /// A process's member, of `pid` and `port`.
    func number(_ member: String, of name: String) async throws -> Int32 {
        let process = try #require(try await state().first { $0["name"]?.string == name })
        return Int32(try #require(process[member]?.number?.int64))
    }

    /// What Prometheus answers to a query: the value of the first series; nil where there is none.
    func prometheus(_ query: String) async throws -> Double? {
        let port = try await number("port", of: "prometheus/1")
        let bytes = try await Program.succeed(
            "curl",
            ["-sS", "--get", "http://127.0.0.1:\(port)/api/v1/query", "--data-urlencode", "query=\(query)"]
        )
        let answer = try JSONText.decode(JSONValue.self, from: bytes)
        guard answer["status"] == "success" else {
            throw Failed(text: String(decoding: bytes, as: UTF8.self))
        }
        return answer["data"]?["result"]?[0]?["value"]?[1]?.string.flatMap { Double($0) }
    }

    // MARK: People

    /// Somebody new with a role; their token.
    func register(_ role: String = "host") async throws -> String {
        let answer = try await ask(
            "POST",
            "/api/auth/register",
            [
                "email": .string("\(UUID().uuidString.lowercased())@example.com"),
                "password": "nine winding rivers",
                "firstName": "Ada", "lastName": "Byron", "role": .string(role),
            ]
        )
        #expect(answer.status == 201, "\(answer.text)")
        return try #require(answer.json?["accessToken"]?.string)
    }

    /// A listing that can be written.
    static let listing: JSONValue = [
        "title": "Loft by the river", "description": "Quiet.", "propertyType": "loft", "city": "Lyon",
        "country": "FR",
        "latitude": .number(JSONNumber("45.76") ?? JSONNumber(45)), "longitude": 4, "maxGuests": 4,
        "bedrooms": 2, "beds": 2, "bathrooms": 1,
        "amenities": ["wifi"], "pricePerNight": ["amount": 9500, "currency": "EUR"],
    ]
}

/// Has a suite run with a whole system of its own.
struct WholeSystemTrait: SuiteTrait, TestScoping {
    let zones: String

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let system = try await WholeSystem.start(zones: zones)
        let result: Result<Void, any Error>
        do {
            try await WholeSystem.$current.withValue(system) { try await function() }
            result = .success(())
        } catch { result = .failure(error) }
        try await system.end()
        try result.get()
    }
}

extension Trait where Self == WholeSystemTrait {
    /// With zones so wide that no test is refused.
    static var wholeSystem: Self {
        WholeSystemTrait(zones: "api=1000/s:1000,auth=1000/s:1000,search=1000/s:1000")
    }
    /// With these zones.
    static func wholeSystem(zones: String) -> Self { WholeSystemTrait(zones: zones) }
}
