import FoundationEssentials
import Glibc
import Postgres
import Reactor
import Supervision

/// A PostgreSQL of the system's own: made at the first start, and never run as root.
struct PostgresCluster: Sendable {
    /// Where its files are: the system's folder, or for root one that PostgreSQL's user can enter.
    let folder: String
    /// Debian's programs of the newest version.
    let programs: String
    let group: EventLoopGroup

    /// The user who runs it when the supervisor is root.
    static let user = "postgres"
    /// Its superuser, who is let in by the socket alone.
    static let superuser = "postgres"
    /// Connections in all: of the services' pools, with room for more replicas.
    static let connectionLimit = 200

    private var data: String { folder + "/data" }
    private var sockets: String { folder + "/sockets" }

    /// Finds PostgreSQL and a place for it.
    ///
    /// - Throws: ``Tool/Failure`` when it is not installed.
    init(in system: SystemFolder, on group: EventLoopGroup) throws {
        guard let programs = Self.findPrograms() else {
            throw Tool.Failure(
                description: "PostgreSQL is missing: install Debian's package (apt-get install postgresql)"
            )
        }
        self.programs = programs
        self.group = group
        let own = system.absolute("postgres")
        folder = geteuid() != 0 || Self.canBeEntered(own) ? own : Self.commonFolder(for: own)
    }

    /// The folder of the newest version's programs.
    static func findPrograms() -> String? {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? [])
            .compactMap { Int($0) }.sorted()
        return versions.last { Files.isProgram("\(root)/\($0)/bin/postgres") }.map { "\(root)/\($0)/bin" }
    }

    /// Whether every folder above may be entered by all.
    private static func canBeEntered(_ path: String) -> Bool {
        var folder = URL(filePath: path).deletingLastPathComponent()
        while folder.path != "/" {
            var status = stat()
            if unsafe stat(folder.path, &status) == 0, status.st_mode & 0o001 == 0 { return false }
            folder = folder.deletingLastPathComponent()
        }
        return true
    }

    /// A folder that belongs to that path, where others can go.
    private static func commonFolder(for path: String) -> String {
        // FNV-1a: the same for the same path, in each run.
        let hash = path.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return "/var/lib/vigie/" + String(hash, radix: 16)
    }

    // MARK: The process

    /// Makes the cluster, the first time.
    func prepare() async throws {
        for path in [URL(filePath: folder).deletingLastPathComponent().path, folder, sockets] {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        guard !Files.exists(data + "/PG_VERSION") else { return }
        if geteuid() == 0 {
            guard let user = unsafe getpwnam(Self.user) else {
                throw Tool.Failure(description: "there is no user \(Self.user), whom Debian's package makes")
            }
            for path in [folder, sockets]
            where unsafe chown(path, user.pointee.pw_uid, user.pointee.pw_gid) != 0 {
                throw SystemError("give \(path) to \(Self.user)")
            }
        }
        // What a run that was ended meanwhile has left.
        try? FileManager.default.removeItem(atPath: data)
        let half = data + ".new"
        try? FileManager.default.removeItem(atPath: half)
        let arguments = [
            "-D", half, "-U", Self.superuser, "-E", "UTF8", "--locale=C", "--auth-local=trust",
            "--auth-host=scram-sha-256",
        ]
        let command = asServer(programs + "/initdb", arguments)
        try await Tool.run(command.program, command.arguments, on: group.loops[0])
        try Files.rename(half, to: data)
    }

    /// The server at a port of this machine, and at a socket that only this user and root can reach.
    func command(port: Int) -> ChildProcess.Command {
        let settings = [
            "listen_addresses=127.0.0.1", "port=\(port)", "unix_socket_directories=\(sockets)",
            "unix_socket_permissions=0700", "max_connections=\(Self.connectionLimit)", "shared_buffers=64MB",
            "log_line_prefix=%m [%p] ",
        ]
        return asServer(programs + "/postgres", ["-D", data] + settings.flatMap { ["-c", $0] })
    }

    private func asServer(_ program: String, _ arguments: [String]) -> ChildProcess.Command {
        guard geteuid() == 0 else { return ChildProcess.Command(program, arguments) }
        var command = ChildProcess.Command(
            "setpriv",
            ["--reuid=\(Self.user)", "--regid=\(Self.user)", "--init-groups", program] + arguments
        )
        // Its own may be one that it can't enter.
        command.directory = "/"
        return command
    }

    // MARK: What is in it

    /// How the superuser connects.
    func administration(port: Int) -> String {
        "host=\(sockets) port=\(port) user=\(Self.superuser) dbname=postgres connect_timeout=2"
    }

    /// Asks whether it answers.
    func check(port: Int) async throws {
        try await withPool(port) { pool in _ = try await pool.ping(deadline: .now + .seconds(2)) }
    }

    /// Makes a role and a database of that name for each, where there are none, and sets the passwords.
    func makeDatabases(_ databases: [String: String], exporter: String?, port: Int) async throws {
        try await withPool(port) { pool in
            for (name, password) in databases.sorted(by: { $0.key < $1.key }) {
                try await Self.makeRole(name, password, pool)
                let found = try await pool.first(
                    Count.self,
                    "SELECT count(*) AS count FROM pg_database WHERE datname = \(name)"
                )
                guard found?.count == 0 else { continue }
                let identifier = SQL.identifier(name)
                try await pool.execute("CREATE DATABASE \(identifier) OWNER \(identifier)")
                try await pool.execute("REVOKE CONNECT ON DATABASE \(identifier) FROM PUBLIC")
            }
            if let exporter {
                try await Self.makeRole(Self.exporterRole, exporter, pool)
                try await pool.execute("GRANT pg_monitor TO \(SQL.identifier(Self.exporterRole))")
                for name in databases.keys {
                    try await pool.execute(
                        "GRANT CONNECT ON DATABASE \(SQL.identifier(name)) TO \(SQL.identifier(Self.exporterRole))"
                    )
                }
            }
        }
    }

    /// Who reads the server's figures.
    static let exporterRole = "vigie_exporter"

    private struct Count: Codable, Sendable { let count: Int }

    private static func makeRole(_ name: String, _ password: String, _ pool: PostgresPool) async throws {
        let found = try await pool.first(
            Count.self,
            "SELECT count(*) AS count FROM pg_roles WHERE rolname = \(name)"
        )
        let role = SQL.identifier(name)
        // DDL takes no parameters; the password is made here, of hexadecimal digits.
        let secret = SQL.literal(hexadecimal: password)
        if found?.count == 0 {
            try await pool.execute("CREATE ROLE \(role) LOGIN PASSWORD \(secret)")
        } else {
            try await pool.execute("ALTER ROLE \(role) PASSWORD \(secret)")
        }
    }

    private func withPool<Value: Sendable>(
        _ port: Int,
        _ body: (PostgresPool) async throws -> Value
    ) async throws -> Value {
        var settings = PostgresSettings(url: administration(port: port))
        settings.maxConnections = 1
        let pool = try PostgresPool(settings, on: group)
        do {
            let value = try await body(pool)
            await pool.close()
            return value
        } catch {
            await pool.close()
            throw error
        }
    }
}

extension SQL {
    /// A text of hexadecimal digits alone, as a literal.
    fileprivate static func literal(hexadecimal text: String) -> SQL {
        precondition(text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) })
        return SQL(stringLiteral: "'\(text)'")
    }
}
