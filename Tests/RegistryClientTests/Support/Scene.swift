import Foundation
import HTTP
import JSON
import Reactor
import Supervision
import TestSupport

/// `vigie registry`, and what asks it and others by HTTP.
final class Scene: Sendable {
    let folder: TemporaryFolder
    /// The registry's port.
    let port: UInt16
    private let http: HTTPClient

    struct Answer: Sendable {
        let status: Int
        let text: String
        var json: JSONValue { get throws { try JSONText.decode(JSONValue.self, from: Array(text.utf8)) } }
    }

    private init(_ port: UInt16) throws {
        self.port = port
        folder = try TemporaryFolder()
        http = HTTPClient(on: try TestLoops.two)
    }

    /// Runs a test with a registry that knows nothing.
    static func run(_ body: (Scene) async throws -> Void) async throws {
        let registry = try RunningProgram("vigie", ["registry", "--port", "0", "--loops", "1"])
        guard let port = try await registry.listening().port else { throw NeverCame(what: "a port") }
        let scene = try Scene(port)
        let result: Result<Void, any Error>
        do { result = .success(try await body(scene)) } catch { result = .failure(error) }
        await scene.http.close()
        await registry.process.stop()
        try result.get()
    }

    /// Runs a program while `body` does, and ends it with its whole group.
    func running(
        _ program: String,
        _ arguments: [String],
        _ body: () async throws -> Void
    ) async throws {
        let log = try ScratchFile()
        let process = try Program.start(program, arguments, output: log.number, error: log.number)
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch {
            result = .failure(
                Failed(program: program, error: error, log: String(decoding: log.content, as: UTF8.self))
            )
        }
        process.signal(SIGKILL, toGroup: true)
        _ = try await process.wait()
        try result.get()
    }

    struct Failed: Error {
        let program: String
        let error: any Error
        let log: String
    }

    /// Writes a configuration of `Configs`, with other words in the place of some.
    func configuration(
        _ name: String,
        as other: String? = nil,
        _ words: KeyValuePairs<String, String>
    ) throws -> String {
        let file = URL(fileURLWithPath: #filePath).appending(path: "../../Configs/\(name)").standardized
        var text = try String(contentsOf: file, encoding: .utf8)
        for (word, value) in words {
            guard text.contains(word) else { throw NeverCame(what: "\(word) in \(name)") }
            text = text.replacing(word, with: value)
        }
        text = text.replacing("127.0.0.1:8500", with: "127.0.0.1:\(port)")
        let path = "\(folder.path)/\(other ?? name)"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    // MARK: Questions

    /// Asks a server on this machine.
    func get(_ port: UInt16, _ target: String) async throws -> Answer {
        try await send(.get, port, target, "")
    }

    /// Asks the registry.
    func ask(_ target: String) async throws -> JSONValue { try await get(port, target).json }

    /// Tells the registry; it must be content.
    func put(_ target: String, _ body: String = "") async throws {
        let answer = try await send(.put, port, target, body)
        guard answer.status == 200 else { throw NeverCame(what: "200 of \(target): \(answer.text)") }
    }

    /// Registers a backend as an instance of `service`.
    func register(
        _ backend: Backend,
        as service: String,
        tags: [String] = [],
        meta: String = "",
        status: String = "passing"
    ) async throws {
        let tagText = tags.map { "\"\($0)\"" }.joined(separator: ",")
        try await put(
            "/v1/agent/service/register",
            """
            {"ID":"\(backend.name)","Name":"\(service)","Address":"127.0.0.1","Port":\(backend.port),"Tags":[\(tagText)],
             "Meta":{\(meta)},"Check":{"TTL":"600s","Status":"\(status)"}}
            """
        )
    }

    func deregister(_ backend: Backend) async throws {
        try await put("/v1/agent/service/deregister/\(backend.name)")
    }

    private func send(
        _ method: HTTPMethod,
        _ port: UInt16,
        _ target: String,
        _ body: String
    ) async throws -> Answer {
        let request = HTTPRequest(method, target, body: HTTPBody(body))
        let response = try await http.send(request, to: HTTPDestination(.loopback(port: port)))
        let bytes = try await response.body.collect(upTo: 4 << 20)
        return Answer(status: Int(response.head.status.code), text: String(decoding: bytes, as: UTF8.self))
    }
}

extension JSONValue {
    /// The elements of an array; none of other values.
    var elements: [JSONValue] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    /// The texts of an object, by their keys.
    var texts: [String: String] {
        guard case .object(let object) = self else { return [:] }
        return Dictionary(
            object.members.compactMap { member in member.value.string.map { (member.key, $0) } }
        ) {
            first,
            _ in first
        }
    }
}
