import FoundationEssentials
import Glibc
import Reactor
package import SystemModel

/// Looks whether a machine has what a system needs.
package struct Doctor: Sendable {
    /// What was looked at.
    package struct Finding: Codable, Sendable, Equatable {
        package let subject: String
        /// Nil where all is well.
        package let problem: String?
        /// The command, or the step, that mends it.
        package let mending: String?
        /// Whether a system can start all the same.
        package let isHarmless: Bool

        package init(
            subject: String,
            problem: String? = nil,
            mending: String? = nil,
            isHarmless: Bool = false
        ) {
            self.subject = subject
            self.problem = problem
            self.mending = mending
            self.isHarmless = isHarmless
        }
    }

    private let system: SystemDeclaration?

    /// For a system, or for any.
    package init(_ system: SystemDeclaration?) { self.system = system }

    /// All that was looked at, what is well, too.
    package func findings() -> [Finding] {
        programs() + [postgres(), space(), memory(), descriptors(), place()] + ports()
    }

    private func programs() -> [Finding] {
        let needed = [
            ("nginx", "nginx"), ("openssl", "openssl"), ("prometheus", "prometheus"),
            ("prometheus-alertmanager", "prometheus-alertmanager"),
            ("prometheus-postgres-exporter", "prometheus-postgres-exporter"), ("setpriv", "util-linux"),
        ]
        return needed.map { program, package in
            guard let path = Tool.find(program) else {
                return Finding(
                    subject: program,
                    problem: "is not installed",
                    mending: "apt-get install --no-install-recommends \(package)"
                )
            }
            return Finding(subject: "\(program) (\(path))")
        }
    }

    private func postgres() -> Finding {
        guard let path = PostgresCluster.findPrograms() else {
            return Finding(
                subject: "PostgreSQL",
                problem: "is not installed",
                mending: "apt-get install --no-install-recommends postgresql"
            )
        }
        if geteuid() == 0, unsafe getpwnam(PostgresCluster.user) == nil {
            return Finding(
                subject: "PostgreSQL",
                problem: "there is no user \(PostgresCluster.user) to run it as",
                mending: "adduser --system --group \(PostgresCluster.user)"
            )
        }
        return Finding(subject: "PostgreSQL (\(path))")
    }

    private func space() -> Finding {
        var status = statvfs()
        guard unsafe statvfs(".", &status) == 0 else {
            return Finding(
                subject: "disk",
                problem: "can't be asked",
                mending: "run vigie in a folder that is there"
            )
        }
        let free = Int(status.f_bavail) * Int(status.f_frsize) >> 20
        guard free < 2_048 else { return Finding(subject: "disk (\(free >> 10) GiB free)") }
        return Finding(
            subject: "disk",
            problem: "\(free) MiB are free here, 2048 should be",
            mending: "make room, or run vigie on another disk"
        )
    }

    private func memory() -> Finding {
        let text = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
        let free = (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) >> 10
        guard free < 1_024 else { return Finding(subject: "memory (\(free) MiB free)") }
        return Finding(
            subject: "memory",
            problem: "\(free) MiB are free, 1024 should be",
            mending: "end other programs"
        )
    }

    private func descriptors() -> Finding {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0,
            limit.rlim_max < 4_096
        else {
            return Finding(subject: "open files")
        }
        return Finding(
            subject: "open files",
            problem: "\(limit.rlim_max) at most, 4096 should be",
            mending: "ulimit -Hn 65536, as root"
        )
    }

    private func place() -> Finding {
        guard FileManager.default.isWritableFile(atPath: ".") else {
            return Finding(
                subject: "folder",
                problem: "can't be written",
                mending: "run vigie in a folder of your own"
            )
        }
        guard Files.exists("prometheus/prometheus.yml") else {
            return Finding(
                subject: "folder",
                problem:
                    "has no prometheus/prometheus.yml: a system starts without Prometheus and Alertmanager",
                mending: "run vigie in the root of the checkout",
                isHarmless: true
            )
        }
        return Finding(subject: "folder")
    }

    private func ports() -> [Finding] {
        guard let system else { return [] }
        let all =
            [
                ("front, http", system.front.httpPort), ("front, https", system.front.httpsPort),
                ("gateway", system.gateway.port), ("registry", 8500), ("PostgreSQL", 5433),
                ("Prometheus", 9090),
                ("Alertmanager", 9093),
            ] + system.services.map { ($0.name, $0.port) }
        return all.map { name, port in
            let address = SocketAddress.loopback(port: UInt16(port))
            if (try? ReservedPort(for: address, claims: true)) != nil {
                return Finding(subject: "port \(port), \(name)")
            }
            return Finding(
                subject: "port \(port), \(name)",
                problem: "is taken (by this system, when it is up); another one will be used",
                mending: "ss -ltnp 'sport = :\(port)' tells by whom",
                isHarmless: true
            )
        }
    }
}
