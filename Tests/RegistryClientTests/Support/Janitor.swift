import Glibc
import Reactor
import TestSupport

/// Ends those who work in a folder, and the folder, when this process is gone: for programs whose own children outlive
/// them, as PostgreSQL outlives a Patroni that is killed. A process of nobody's, so that it outlives a test run that is
/// killed with all its children.
final class Janitor: Sendable {
    /// Its other end is the janitor's standard input; closed with this process at the latest.
    private let end: Int32

    init(_ folder: String) async throws {
        let (ours, theirs) = try SocketPair.make()
        end = ours
        let process: ChildProcess
        do {
            defer { close(theirs) }
            process = try Program.start(
                "setsid",
                ["--fork", "bash", "-c", Self.script, "janitor", folder],
                input: theirs
            )
        } catch {
            close(ours)
            throw error
        }
        guard try await process.wait() == .exited(0) else {
            close(ours)
            throw NeverCame(what: "a janitor")
        }
    }

    /// It looks once more, and goes.
    func dismiss() { close(end) }

    /// Patroni would start again a server that ends before it, so both are looked for until there are none.
    private static let script = """
        folder=$1
        trap '' INT TERM HUP
        read -r _
        end_all() {
            local found=1 process
            for process in /proc/[0-9]*; do
                case $(readlink "$process/cwd") in
                    "$folder"/*) ;;
                    *) grep -qsaF "$folder/" "$process/cmdline" || continue ;;
                esac
                kill -KILL "${process#/proc/}" && found=0
            done
            return "$found"
        }
        while end_all; do sleep 0.05; done
        rm -rf "$folder"
        """
}
