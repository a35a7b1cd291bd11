import FoundationEssentials
import Reactor
import Vigie

/// nginx as a program: where it is, which one, and what it thinks of a configuration.
struct NginxProgram: Sendable {
    /// Its path.
    let path: String
    /// Which one it is.
    let version: NginxVersion
    private let loop: EventLoop

    /// Finds it, also where Debian keeps daemons.
    ///
    /// - Parameters:
    ///   - name: a path, or a name.
    ///   - loop: where its ends are watched.
    /// - Throws: `StartError` when it is not there, or too old.
    init(_ name: String, on loop: EventLoop) async throws(StartError) {
        self.loop = loop
        guard let path = Self.find(name) else {
            throw StartError(
                "front.nginx: there is no program \(name): install nginx, or name it by its path"
            )
        }
        self.path = path
        let outcome: Tool.Outcome
        do throws(SystemError) { outcome = try await Tool(program: path, loop: loop).run(["-v"]) } catch {
            throw StartError("front.nginx: \(error)")
        }
        guard let version = outcome.lines.compactMap({ NginxVersion(printed: $0) }).first else {
            throw StartError(
                "front.nginx: \(path) does not say that it is nginx: \(outcome.lines.first ?? "no output")"
            )
        }
        guard version >= .oldest else {
            throw StartError(
                "front.nginx: \(path) is nginx \(version): \(NginxVersion.oldest) is the oldest that will do"
            )
        }
        self.version = version
    }

    /// Looks whether nginx takes a configuration.
    ///
    /// - Returns: what is wrong with it; nil when nothing is.
    func complaint(about configuration: String, in folder: String) async -> String? {
        let arguments = ["-t", "-q"] + Self.arguments(configuration, in: folder)
        let outcome: Tool.Outcome
        do throws(SystemError) { outcome = try await Tool(program: path, loop: loop).run(arguments) } catch {
            return "\(error)"
        }
        guard !outcome.isGood else { return nil }
        let lines = outcome.lines.map { NginxLine($0).message }
        return lines.first ?? "nginx -t ended with \(outcome.exit.map { "\($0)" } ?? "no end")"
    }

    /// What starts it with a configuration, in the foreground.
    func command(_ configuration: String, in folder: String) -> ChildProcess.Command {
        var command = ChildProcess.Command(path, Self.arguments(configuration, in: folder))
        // Of our own environment nothing is meant for it; `NGINX` would name sockets to take over.
        command.environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]
        return command
    }

    private static func arguments(_ configuration: String, in folder: String) -> [String] {
        ["-p", folder, "-e", "stderr", "-c", configuration]
    }

    private static func find(_ name: String) -> String? {
        guard !name.contains("/") else {
            return FileManager.default.isExecutableFile(atPath: name) ? name : nil
        }
        let folders = "\(ProcessInfo.processInfo.environment["PATH"] ?? ""):/usr/sbin:/usr/local/sbin:/sbin"
        return folders.split(separator: ":").map { "\($0)/\(name)" }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }
}
