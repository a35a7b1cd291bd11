import FoundationEssentials
import Glibc
import HTTP
import Reactor
import Supervision
import Synchronization

/// The registry's process, a client of it, and what the kernel tells of it.
final class RegistryStage: Sendable {
    /// What went wrong, in words.
    struct Trouble: Error, CustomStringConvertible { let description: String }

    let group: EventLoopGroup
    let http: HTTPClient
    private let process: Mutex<SupervisedProcess?> = Mutex(nil)
    private let port = Mutex(UInt16(0))
    private let folder = FileManager.default.temporaryDirectory.path + "/registry-figures-\(getpid())"

    init(on group: EventLoopGroup) {
        self.group = group
        var settings = HTTPClientSettings()
        settings.connectionsPerLoop = 8192
        settings.waitingCalls = 65_536
        settings.timeouts.total = nil
        settings.timeouts.attempt = .seconds(700)
        http = HTTPClient(on: group, settings: settings)
    }

    // MARK: The process

    /// Starts the registry; `isFresh` empties its folder before. Returns how long it took until it listened.
    @discardableResult func start(isFresh: Bool) async throws -> Duration {
        if isFresh { _ = try? FileManager.default.removeItem(atPath: folder) }
        var path = [CChar](repeating: 0, count: 4096)
        let length = unsafe readlink("/proc/self/exe", &path, path.count)
        let own = String(decoding: path.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let binaries = own.split(separator: "/").dropLast().joined(separator: "/")
        // Its access log goes to a file: read through a pipe it would be a part of the load.
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let output = "\(folder)/output"
        _ = try? FileManager.default.removeItem(atPath: output)
        var command = ChildProcess.Command(
            "/bin/sh",
            [
                "-c", #"exec "$0" "$@" > "$OUTPUT""#, "/\(binaries)/vigie", "registry", "--port", "0",
                "--data-dir",
                folder, "--node", "figures",
            ]
        )
        let inherited = ProcessInfo.processInfo.environment
        command.environment = inherited.filter { !$0.key.hasPrefix("VIGIE_") }.map { "\($0.key)=\($0.value)" }
        command.environment?.append("OUTPUT=\(output)")
        let began = MonotonicInstant.now
        let started = try SupervisedProcess(command, on: group.loops[0])
        process.withLock { $0 = started }
        while true {
            let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
            if text.contains("listening on"), let line = text.split(separator: "\n").first,
                let bound = line.split(separator: ":").last.flatMap({ UInt16($0) })
            {
                port.withLock { $0 = bound }
                return MonotonicInstant.now - began
            }
            guard started.exit == nil else { throw Trouble(description: "vigie registry did not start") }
            try await group.loops[0].sleep(for: .milliseconds(1))
        }
    }

    /// Ends it as a crash would.
    func kill() async {
        guard let process = process.withLock({ $0 }) else { return }
        process.signal(SIGKILL)
        _ = await process.ended()
    }

    func stop() async {
        await kill()
        await http.close()
        _ = try? FileManager.default.removeItem(atPath: folder)
    }

    /// Resident memory in KiB.
    var residentKiB: Double {
        let words = status("status").split(separator: "\n").first { $0.hasPrefix("VmRSS:") }?.split(
            separator: " "
        )
        return words.flatMap { $0.count > 1 ? Double($0[1].filter(\.isNumber)) : nil } ?? 0
    }

    /// Seconds of processor time so far.
    var processorSeconds: Double {
        // The name, in brackets, may hold anything (proc_pid_stat(5)).
        let fields = status("stat").split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
            return 0
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private func status(_ name: String) -> String {
        let id = process.withLock { $0?.id ?? 0 }
        return (try? String(contentsOfFile: "/proc/\(id)/\(name)", encoding: .utf8)) ?? ""
    }

    /// The share of one processor that it uses over a time in which nobody asks it anything.
    func processorShare(over time: Duration) async throws -> Double {
        let before = processorSeconds
        let began = MonotonicInstant.now
        try await group.loops[0].sleep(for: time)
        return (processorSeconds - before) / (Double((MonotonicInstant.now - began).nanoseconds) / 1e9)
    }

    // MARK: Requests

    /// Asks; anything but 200 is trouble.
    func send(_ method: HTTPMethod, _ target: String, _ body: [UInt8] = []) async throws -> HTTPResponse {
        let destination = HTTPDestination(.loopback(port: port.withLock { $0 }))
        let response = try await http.send(HTTPRequest(method, target, body: HTTPBody(body)), to: destination)
        guard response.head.status == .ok else {
            let text = try await response.body.collect(upTo: 4096)
            throw Trouble(
                description: "\(target): \(response.head.status) \(String(decoding: text, as: UTF8.self))"
            )
        }
        return response
    }

    /// Sends a body, and reads the answer to its end.
    func put(_ target: String, _ body: [UInt8]) async throws {
        _ = try await send(.put, target, body).body.collect(upTo: 4096)
    }

    /// Reads an answer to its end; returns its index.
    func index(_ target: String) async throws -> UInt64 {
        let response = try await send(.get, target)
        _ = try await response.body.collect(upTo: 64 << 20)
        return response.head.fields["x-consul-index"].flatMap { UInt64($0) } ?? 0
    }

    /// The value of a metric without labels.
    func metric(_ name: String) async throws -> Double {
        let bytes = try await send(.get, "/metrics").body.collect(upTo: 16 << 20)
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        return lines.first { $0.hasPrefix("\(name) ") }.flatMap { Double($0.dropFirst(name.count + 1)) } ?? 0
    }

    /// Looks again and again, 60 seconds at most.
    func wait(for what: String, _ condition: () async throws -> Bool) async throws {
        let end = MonotonicInstant.now + .seconds(60)
        while try await !condition() {
            guard .now < end else { throw Trouble(description: "waited in vain for \(what)") }
            try await group.loops[0].sleep(for: .milliseconds(20))
        }
    }
}
