import FoundationEssentials
import Glibc
import HTTP
import JSON
import Reactor
import Supervision

/// A whole system that `vigie up` started for a drill, and what is done to it.
final class DrilledSystem: Sendable {
    /// What went wrong, in words.
    struct Trouble: Error, CustomStringConvertible { let description: String }

    let origin: String
    private let group: EventLoopGroup
    private let process: SupervisedProcess
    private let http: HTTPClient
    private static let folder = ".vigie/hometrip-isolated"

    /// The authority that the front's certificate comes from.
    static let authority = folder + "/front/certificates/ca.pem"
    /// Zones that let a load through that comes from one address.
    private static let zones = "api=100000/s:100000,auth=100000/s:100000,search=100000/s:100000"

    private init(_ process: SupervisedProcess, origin: String, on group: EventLoopGroup) {
        (self.process, self.origin, self.group) = (process, origin, group)
        http = HTTPClient(on: group)
    }

    /// Starts HomeTrip beside what may run here, and fills it.
    static func start(on group: EventLoopGroup) async throws -> DrilledSystem {
        // What rang in an earlier run is not this one's.
        for part in ["prometheus", "alertmanager"] {
            do { try FileManager.default.removeItem(atPath: "\(folder)/\(part)") } catch {
                guard !FileManager.default.fileExists(atPath: "\(folder)/\(part)") else { throw error }
            }
        }
        let arguments = ["up", "hometrip", "--isolated", "--zones", zones, "--format", "json"]
        let process = try SupervisedProcess(ChildProcess.Command(try vigie(), arguments), on: group.loops[0])
        var text = ""
        while let line = await process.line() {
            text += line + "\n"
            guard line == "}", let start = text.firstIndex(of: "{") else { continue }
            let state = try JSONText.decode(JSONValue.self, from: Array(text[start...].utf8))
            guard let origin = state["addresses"]?[0]?["url"]?.string else { break }
            return DrilledSystem(process, origin: origin, on: group)
        }
        throw Trouble(description: "the system did not start:\n\(text)")
    }

    /// Ends it.
    func stop() async {
        await http.close()
        await process.stop(StopLadder(patience: .seconds(120)))
    }

    private static func vigie() throws -> String {
        var path = [CChar](repeating: 0, count: 4096)
        // The buffer is there for the length of the call.
        let length = unsafe readlink("/proc/self/exe", &path, path.count)
        let own = String(decoding: path.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return own.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/vigie"
    }

    // MARK: Doing

    /// Runs `vigie` about it; what it writes.
    @discardableResult func vigie(_ arguments: String...) async throws -> String {
        let command = ChildProcess.Command(try Self.vigie(), arguments)
        let process = try SupervisedProcess(command, on: group.loops[0])
        var text = ""
        while let line = await process.line() { text += line + "\n" }
        guard await process.ended() == .exited(0) else {
            throw Trouble(description: "vigie \(arguments): \(text)")
        }
        return text
    }

    /// Sends a signal to the first process of a part; for nginx to a worker.
    func signal(_ signal: Int32, _ part: String) async throws { kill(try await id(of: part), signal) }

    /// The number of a part's first process.
    func id(of part: String) async throws -> Int32 {
        if part == "nginx worker" { return try await nginx(\.last) }
        guard
            let id = try await processes().first(where: { $0["part"]?.string == part })?["pid"]?.number?.int64
        else {
            throw Trouble(description: "\(part) does not run")
        }
        return Int32(id)
    }

    /// nginx's master.
    func nginxMaster() async throws -> Int32 { try await nginx(\.first) }

    private func nginx(_ which: (ArraySlice<Int32>) -> Int32?) async throws -> Int32 {
        guard let id = which(try Self.descendants(of: try await id(of: "front"))[...]) else {
            throw Trouble(description: "nginx does not run")
        }
        return id
    }

    /// The nginx processes that a process has started, directly or not, the deepest last.
    private static func descendants(of id: Int32) throws -> [Int32] {
        var found: [Int32] = []
        var parents: [Int32] = [id]
        let names = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }
        let entries = names.compactMap { number -> (Int32, Int32, Bool)? in
            guard let text = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8),
                let end = text.lastIndex(of: ")"),
                let parent = text[end...].split(separator: " ").dropFirst(2).first.flatMap({ Int32($0) })
            else { return nil }
            return (number, parent, text.contains("(nginx)"))
        }
        while !parents.isEmpty {
            let next = entries.filter { parents.contains($0.1) }
            found += next.filter(\.2).map(\.0)
            parents = next.map(\.0)
        }
        return found
    }

    // MARK: Looking

    func state() async throws -> JSONValue {
        try JSONText.decode(
            JSONValue.self,
            from: Array(try await vigie("ps", "--isolated", "--format", "json").utf8)
        )
    }

    func processes() async throws -> [JSONValue] {
        guard case .array(let processes)? = try await state()["processes"] else { return [] }
        return processes
    }

    /// Whether all processes are ready.
    func isReady() async throws -> Bool { try await state()["phase"] == "ready" }

    /// The alerts that are firing, but for the one that always is; nil where Alertmanager does not answer.
    func alerts() async throws -> Set<String>? {
        guard let port = try await port(of: "alertmanager") else { return nil }
        var timeouts = HTTPTimeouts()
        timeouts.total = .seconds(2)
        let request = HTTPRequest(.get, "/api/v2/alerts?active=true&silenced=false&inhibited=false")
        guard
            let response = try? await http.send(
                request,
                to: HTTPDestination(.loopback(port: port)),
                timeouts: timeouts
            ),
            case .array(let rows)? = try? JSONText.decode(
                JSONValue.self,
                from: try await response.body.collect(upTo: 1 << 22)
            )
        else { return nil }
        return Set(rows.compactMap { $0["labels"]?["alertname"]?.string }).subtracting(["Watchdog"])
    }

    /// Waits until no alert fires any more: what explains one is over before its windows are.
    func waitForSilence() async throws {
        let end = MonotonicInstant.now + .seconds(1_200)
        while MonotonicInstant.now < end {
            if let alerts = try await alerts(), alerts.isEmpty { return }
            try await sleep(for: .seconds(5))
        }
        throw Trouble(description: "alerts do not end: \(try await alerts() ?? [])")
    }

    private func port(of part: String) async throws -> UInt16? {
        try await processes().first { $0["part"]?.string == part }?["port"]?.number?.int64.map { UInt16($0) }
    }

    func sleep(for time: Duration) async throws { try await group.loops[0].sleep(for: time) }
}
