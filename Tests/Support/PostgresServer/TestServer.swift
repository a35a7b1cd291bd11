import Foundation
import Glibc
package import Postgres
package import Reactor
import Synchronization

/// A PostgreSQL of the tests' own, in a folder of its own, gone with all it has when this process ends, however it ends.
package final class TestServer: Sendable {
    /// Where Debian and others keep the server's programs.
    package static let programs: String? = {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let newest = versions.compactMap(Double.init).max().map {
            "\(root)/\($0 == $0.rounded() ? "\(Int($0))" : "\($0)")/bin"
        }
        return newest.flatMap { FileManager.default.isExecutableFile(atPath: "\($0)/initdb") ? $0 : nil }
    }()

    /// Whether the tests are to run: when PostgreSQL is installed, or when it has to be.
    package static let isWanted =
        programs != nil || ProcessInfo.processInfo.environment["TEST_REQUIRE_PEERS"] == "1"

    private static let started = Result { try TestServer() }
    /// The server that most tests share, each with a database of its own.
    package static var shared: TestServer { get throws { try started.get() } }

    private static let loops = Result { try EventLoopGroup(count: 1) }
    private static let pairOfLoops = Result { try EventLoopGroup(count: 2) }
    /// One loop, so that all calls share one part of a pool.
    package static var loop: EventLoopGroup { get throws { try loops.get() } }
    /// Two loops.
    package static var pair: EventLoopGroup { get throws { try pairOfLoops.get() } }

    package struct Failure: Error { package let text: String }

    package let folder: String
    package let port: UInt16
    /// Its other end is the standard input of the shell that keeps the server; closed with this process at the latest.
    private let commands: Int32
    private let lastDatabase = Atomic<Int>(0)

    /// Makes a cluster and starts it; `configuration` goes into postgresql.conf.
    package init(_ configuration: String = "", prepare: String = "true") throws {
        guard let programs = Self.programs else { throw Failure(text: "install Debian's package postgresql") }
        folder = "/tmp/vigie-pg-\(UUID().uuidString.prefix(8))"
        port = try Self.freePort()
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw Failure(text: "pipe: \(errno)") }
        // No other child may keep the end whose closing is the server's end.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        commands = ends[1]
        let keeper = Process()
        keeper.executableURL = URL(fileURLWithPath: "/bin/bash")
        keeper.arguments = ["-c", Self.script, "keeper", folder, programs, "\(port)", configuration, prepare]
        keeper.standardInput = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        keeper.standardOutput = FileHandle.nullDevice
        keeper.standardError = FileHandle.nullDevice
        try keeper.run()
    }

    deinit { close(commands) }

    /// Ends all of the server's processes with SIGKILL.
    package func kill() { tell("kill") }
    /// How often it has been killed, and was gone.
    package var ends: Int {
        (try? FileManager.default.attributesOfItem(atPath: "\(folder)/ends")[.size] as? Int) ?? 0
    }
    /// Starts it again.
    package func start() { tell("start") }
    /// An orderly stop and a start.
    package func restart() { tell("restart") }

    /// Stops the process that takes new connections; those that are made go on.
    package func pause() { tell("pause") }
    /// Lets it go on.
    package func resume() { tell("resume") }

    private func tell(_ command: String) {
        let line = Array((command + "\n").utf8)
        _ = unsafe line.withUnsafeBytes { unsafe write(commands, $0.baseAddress, $0.count) }
    }

    /// A URL over the Unix socket.
    package func url(_ database: String) -> String {
        "host=\(folder) port=\(port) user=postgres dbname=\(database)"
    }

    /// A pool for a new and empty database.
    package func pool(
        on group: EventLoopGroup? = nil,
        metrics: PostgresMetrics? = nil,
        _ change: (inout PostgresSettings) -> Void = { _ in }
    ) async throws -> PostgresPool {
        var settings = PostgresSettings(url: url(try await database()))
        settings.queryTimeout = .seconds(30)
        settings.acquireTimeout = .seconds(30)
        change(&settings)
        return try PostgresPool(settings, on: group ?? Self.loop, metrics: metrics)
    }

    /// Makes a database; waits for the server when it starts just now.
    package func database() async throws -> String {
        var settings = PostgresSettings(url: url("postgres"))
        (settings.queryTimeout, settings.acquireTimeout) = (.seconds(40), .seconds(40))
        let admin = try PostgresPool(settings, on: Self.loop)
        let name = "t\(lastDatabase.wrappingAdd(1, ordering: .relaxed).newValue)"
        try await admin.query("CREATE DATABASE \(SQL.identifier(name))")
        await admin.close()
        return name
    }

    /// A port that was free a moment before.
    private static func freePort() throws -> UInt16 {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(number) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(number, $0, length) == 0 && getsockname(number, $0, &length) == 0
            }
        }
        guard status else { throw Failure(text: "no free port: \(errno)") }
        return UInt16(bigEndian: address.sin_port)
    }

    /// Reads commands up to the end of its input, then ends the server and removes its folder. The server refuses to run
    /// as root.
    private static let script = """
        folder=$1 programs=$2 port=$3 configuration=$4 prepare=$5
        trap '' INT TERM HUP
        run() { "$@"; }
        mkdir -m 755 "$folder"
        if [ "$(id -u)" = 0 ]; then
            chown postgres "$folder"
            run() { setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; }
        fi
        cd "$folder"
        export LC_ALL=C
        run "$programs/initdb" -D data -U postgres -E UTF8 --no-sync --auth-local=trust \\
            --auth-host=scram-sha-256 >log 2>&1
        run bash -c "$prepare" >>log 2>&1
        printf '%s\\n' "listen_addresses = '127.0.0.1'" "port = $port" "unix_socket_directories = '$folder'" \\
            'fsync = off' 'max_connections = 60' 'shared_buffers = 16MB' 'dynamic_shared_memory_type = mmap' \\
            "$configuration" >>data/postgresql.conf
        # As the server's own process, so that its number is the one to signal.
        start() {
            rm -f data/postmaster.pid
            if [ "$(id -u)" = 0 ]; then
                setpriv --reuid=postgres --regid=postgres --clear-groups "$programs/postgres" -D data >>log 2>&1 </dev/null &
            else
                "$programs/postgres" -D data >>log 2>&1 </dev/null &
            fi
            server=$!
        }
        end() {
            children=$(pgrep -P "$server")
            kill -KILL "$server" $children 2>/dev/null
            wait "$server"
            for child in $children; do while grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$child/status"; do sleep 0.01; done; done
            printf x >>"$folder/ends"
        }
        start
        while read -r command; do
            case $command in
                kill) end ;;
                pause) kill -STOP "$server" ;;
                resume) kill -CONT "$server" ;;
                start) start ;;
                restart) kill -INT "$server"; wait "$server"; start ;;
            esac
        done
        end
        rm -rf "$folder"
        """
}
