import CLinux
import Glibc

/// A program started by this one, watched through a pidfd, so that its number can't be mistaken for another's.
///
/// It leads a process group of its own, unless it is to join one: ``signal(_:toGroup:)`` reaches its own children too. It
/// starts with default signal actions and no blocked signals.
public final class ChildProcess: Sendable {
    /// How a process ended.
    public enum Exit: Sendable, Hashable {
        /// It exited with a status of 0–255.
        case exited(Int32)
        /// A signal ended it.
        case signaled(Int32)
        /// Nobody can say: its status could not be read. ``ChildProcess/wait()`` throws then; those who keep an end for others
        /// keep this.
        case unknown
    }

    /// What to start.
    public struct Command: Sendable {
        /// The program: a path, or a name that is searched for in `PATH`.
        public var program: String
        /// Its arguments, without the program's name.
        public var arguments: [String] = []
        /// The whole environment, `NAME=value`; nil hands down this process's own.
        public var environment: [String]?
        /// The folder it starts in; nil for this process's own.
        public var directory: String?
        /// Descriptors for its standard input, output and error; nil connects to /dev/null.
        public var input: Int32?
        /// Where its standard output goes; nil for /dev/null.
        public var output: Int32?
        /// Where its standard error goes; nil for /dev/null.
        public var error: Int32?
        /// The process group that it joins: that of a ``ChildProcess`` whose end nobody has waited for yet. Nil to lead one of
        /// its own.
        public var group: Int32?

        /// Makes a command; streams go to /dev/null unless they are set.
        public init(_ program: String, _ arguments: [String] = []) {
            self.program = program
            self.arguments = arguments
        }
    }

    /// The process's number, and that of its group where it leads one.
    public let id: Int32
    private let group: Int32
    private let loop: EventLoop
    private let descriptor: Descriptor

    /// Starts `command`; its end is watched on `loop`.
    ///
    /// - Throws: ``SystemError`` that names the program.
    public init(_ command: Command, on loop: EventLoop) throws(SystemError) {
        let id = try Self.spawn(command)
        let number = clinux_pidfd_open(id)
        guard number >= 0 else {
            let error = SystemError("watch \(command.program)")
            kill(command.group == nil ? -id : id, SIGKILL)
            throw error
        }
        self.id = id
        group = command.group ?? id
        self.loop = loop
        descriptor = Descriptor(owning: number)
    }

    /// Sends a signal: to the process alone, which is safe also after it ended, or to its whole group.
    ///
    /// - Returns: false when there is nobody left to get it.
    @discardableResult public func signal(_ signal: Int32, toGroup: Bool = false) -> Bool {
        toGroup ? kill(-group, signal) == 0 : clinux_pidfd_send_signal(descriptor.number, signal) == 0
    }

    /// Waits for the end of the process and takes its status. Only one caller may wait, once.
    ///
    /// - Throws: ``SystemError`` when somebody else has taken the status.
    public func wait() async throws(SystemError) -> Exit {
        let result = unsafe await withUnsafeContinuation { continuation in
            loop.execute { [self] in
                let watch = unsafe Watch(self, continuation)
                do throws(SystemError) {
                    try loop.local.register(descriptor.number, for: .readable, handler: watch)
                } catch {
                    unsafe continuation.resume(returning: Result<Exit, SystemError>.failure(error))
                }
            }
        }
        return try result.get()
    }

    @safe private final class Watch: ReadinessHandler {
        private let process: ChildProcess
        private var waiter: UnsafeContinuation<Result<Exit, SystemError>, Never>?

        init(_ process: ChildProcess, _ waiter: UnsafeContinuation<Result<Exit, SystemError>, Never>) {
            self.process = process
            unsafe self.waiter = waiter
        }

        func ready(_ readiness: Readiness) {
            var code: Int32 = 0
            var status: Int32 = 0
            let state = unsafe clinux_wait_pidfd(process.descriptor.number, &code, &status)
            guard state != 0, let waiter = unsafe waiter.take() else { return }
            let failure = SystemError("wait for process \(process.id)")
            process.loop.local.unregister(process.descriptor.number, keepsOpen: true)
            guard state > 0 else { return unsafe waiter.resume(returning: .failure(failure)) }
            unsafe waiter.resume(
                returning: .success(code == CLD_EXITED ? .exited(status) : .signaled(status))
            )
        }
    }

    private static func spawn(_ command: Command) throws(SystemError) -> Int32 {
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
        unsafe posix_spawnattr_setpgroup(&attributes, command.group ?? 0)

        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (target, source) in [
            (STDIN_FILENO, command.input), (STDOUT_FILENO, command.output), (STDERR_FILENO, command.error),
        ] {
            if let source {
                unsafe posix_spawn_file_actions_adddup2(&actions, source, target)
            } else {
                let mode = target == STDIN_FILENO ? O_RDONLY : O_WRONLY
                unsafe posix_spawn_file_actions_addopen(&actions, target, "/dev/null", mode, 0)
            }
        }
        // What was opened by others without O_CLOEXEC is nothing for the child.
        unsafe clinux_spawn_closes_from(&actions, STDERR_FILENO + 1)
        if let directory = command.directory {
            unsafe posix_spawn_file_actions_addchdir_np(&actions, directory)
        }

        var id: pid_t = 0
        let status = unsafe withCStrings([command.program] + command.arguments) { arguments in
            guard let environment = command.environment else {
                return unsafe posix_spawnp(
                    &id,
                    command.program,
                    &actions,
                    &attributes,
                    arguments,
                    clinux_environment()
                )
            }
            return unsafe withCStrings(environment) {
                unsafe posix_spawnp(&id, command.program, &actions, &attributes, arguments, $0)
            }
        }
        guard status == 0 else { throw SystemError(code: status, operation: "start \(command.program)") }
        return id
    }
}

/// Lends a NULL-terminated array of C strings; valid inside `body` only.
private func withCStrings<Value>(
    _ strings: [String],
    _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Value
) -> Value {
    var pointers = unsafe strings.map { unsafe strdup($0) } + [nil]
    defer { for index in unsafe pointers.indices { unsafe free(pointers[index]) } }
    return unsafe body(&pointers)
}
