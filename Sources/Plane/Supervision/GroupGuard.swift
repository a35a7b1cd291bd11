import Glibc
import Reactor

/// Ends a process group when this process is gone, however it went: a shell in that group, whose input ends with us.
///
/// As a member it keeps the group's number from being given to another one, so that it ends nobody else's processes. The kernel's
/// own way (`PR_SET_PDEATHSIG`) follows the thread that started the process, which may end long before this process, reaches
/// that process without its children, and posix_spawn(3) can't ask for it. What remains: who is killed within the millisecond
/// between the two starts leaves the process behind.
final class GroupGuard: Sendable {
    private let shell: ChildProcess
    private let input: Descriptor

    /// What asks a group to end is not meant for its guard.
    private static let script = "trap '' HUP INT QUIT TERM USR1 USR2; read -r _; kill -KILL 0"

    /// Guards the group of a process that this one started and whose status nobody has taken yet.
    ///
    /// - Throws: `SystemError` when the shell can't be started.
    init(of group: Int32, on loop: EventLoop) throws(SystemError) {
        let (ours, theirs) = try SupervisedProcess.sockets()
        let theirEnd = Descriptor(owning: theirs)
        input = Descriptor(owning: ours)
        var command = ChildProcess.Command("/bin/sh", ["-c", Self.script])
        (command.input, command.group) = (theirEnd.number, group)
        // Of the program's environment nothing is meant for it.
        command.environment = []
        shell = try ChildProcess(command, on: loop)
    }

    /// Ends the guard alone, and waits for that; only once.
    func dismiss() async {
        shell.signal(SIGKILL)
        _ = try? await shell.wait()
    }
}
