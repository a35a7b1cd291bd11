import FoundationEssentials
import Glibc
package import Reactor

/// The files of a running system, below the folder in which it was started: `.vigie/<system>`.
package struct SystemFolder: Sendable, Equatable {
    /// Relative to the folder in which the command runs, so that a socket's path stays short.
    package let path: String

    /// The folder of a system, or of its second copy.
    package init(system: String, isIsolated: Bool) {
        path = ".vigie/" + system + (isIsolated ? "-isolated" : "")
    }

    /// A folder that is there.
    package init(path: String) { self.path = path }

    /// Where the supervisor is asked.
    package var socket: String { path + "/control" }
    /// Held by the supervisor as long as it runs.
    package var lockFile: String { path + "/lock" }
    package var recordFile: String { path + "/processes.json" }
    package var secretsFile: String { path + "/secrets.json" }
    package var logs: String { path + "/logs" }
    package var traces: String { path + "/traces" }
    package var supervisorLog: String { logs + "/vigie.log" }
    package var certificates: String { path + "/front/certificates" }

    /// The log of a process.
    package func log(_ name: String) -> String { "\(logs)/\(name).log" }

    /// A path that other programs understand, wherever they run.
    package func absolute(_ name: String) -> String {
        let base = path.hasPrefix("/") ? "/" : FileManager.default.currentDirectoryPath
        return URL(filePath: base).appending(path: path).appending(path: name).path
    }

    /// Makes the folder, for this user alone.
    ///
    /// - Throws: `SystemError` that names what can't be made.
    package func create() throws(SystemError) {
        for folder in (path.hasPrefix(".vigie/") ? [".vigie"] : []) + [path, logs, traces] {
            try Files.makeFolder(folder)
        }
    }

    /// Ends what a supervisor that was killed has left running; to be called by who has the lock.
    ///
    /// - Returns: the names of those processes.
    package func endLeftovers() -> [String] { RunRecord.endLeftovers(of: recordFile) }

    /// Takes the lock that one supervisor at a time has; nil when another has it.
    package func lock() throws(SystemError) -> SystemLock? {
        let file = try Files.open(lockFile, O_RDWR | O_CREAT)
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else { return nil }
        return SystemLock(file.release())
    }
}

/// The lock of a system, kept as long as this object.
package final class SystemLock: Sendable {
    private let file: Int32

    fileprivate init(_ file: Int32) { self.file = file }

    deinit { close(file) }
}
