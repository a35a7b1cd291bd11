import FoundationEssentials
import Glibc
import Reactor
import Vigie

/// The front's folder: all that it and nginx write is in it. One front at a time uses it.
struct FrontFolder: Sendable, Equatable {
    /// Absolute.
    let path: String

    /// nginx's configuration.
    var configuration: String { "\(path)/nginx.conf" }
    /// A configuration that is not in force yet.
    var candidate: String { "\(path)/nginx.conf.candidate" }
    /// Where nginx writes its number.
    var processFile: String { "\(path)/run/nginx.pid" }
    /// Where nginx tells its figures.
    var socket: String { "\(path)/run/status.sock" }
    /// For contents that don't fit into memory.
    var temporary: String { "\(path)/temp" }
    /// nginx's log.
    var accessLog: String { "\(path)/logs/access.log" }
    /// What is answered below `/.well-known/acme-challenge/`, which is part of the path here too.
    var challenges: String { "\(path)/acme" }
    /// Where certificates are made.
    var certificates: String { "\(path)/certificates" }

    /// Makes the folder and all in it.
    ///
    /// - Parameter path: relative to where the process works.
    /// - Throws: `StartError`.
    init(making path: String) throws(StartError) {
        let working = FileManager.default.currentDirectoryPath
        let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        self.path = trimmed.hasPrefix("/") ? trimmed : "\(working)/\(trimmed)"
        guard NginxText.isPath(self.path), !self.path.contains(where: { " ;{}\"'\\#".contains($0) }) else {
            throw StartError(
                "front.directory: nginx can't be told of \(self.path.debugDescription): choose a plain path"
            )
        }
        guard socket.utf8.count <= SocketAddress.pathLimit else {
            throw StartError(
                "front.directory: \(self.path) is too long for the path of a Unix socket in it, \(SocketAddress.pathLimit) bytes"
            )
        }
        let challengeFolder = "\(challenges)/.well-known/acme-challenge"
        for folder in ["\(self.path)/run", temporary, "\(self.path)/logs", certificates, challengeFolder] {
            do {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            } catch {
                throw StartError("front.directory: can't make \(folder): \(SystemError("make it").reason)")
            }
        }
        guard unsafe access(self.path, R_OK | W_OK | X_OK) == 0 else {
            throw StartError(
                "front.directory: this user may not write in \(self.path): choose another folder"
            )
        }
    }

    /// Keeps other fronts out, until the process ends.
    ///
    /// - Throws: `StartError` when one is in already.
    func lock() throws(StartError) -> FolderLock {
        let number = unsafe open("\(path)/run/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard number >= 0 else {
            throw StartError("front.directory: \(SystemError("write \(path)/run/lock"))")
        }
        let descriptor = Descriptor(owning: number)
        guard flock(number, LOCK_EX | LOCK_NB) == 0 else {
            throw StartError("front.directory: another front uses \(path): give each its own")
        }
        return FolderLock(descriptor)
    }
}

/// Holds a folder for as long as it lives.
final class FolderLock: Sendable {
    private let descriptor: Descriptor

    init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
}
