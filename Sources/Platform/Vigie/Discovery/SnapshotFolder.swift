import Discovery
import FoundationEssentials
import Glibc
import Reactor

/// The folder in which a service keeps the last known instances of others over restarts.
enum SnapshotFolder {
    /// Makes the folder: the configured one; nil where that is empty; by default one of this user alone in `/var/tmp`, for
    /// each registry another, so that the instances of two systems don't mix.
    ///
    /// - Throws: what stands in the way. Blocks.
    static func make(_ configured: String?, registry: ConsulAddress) throws -> String? {
        if let configured {
            guard !configured.isEmpty else { return nil }
            try FileManager.default.createDirectory(atPath: configured, withIntermediateDirectories: true)
            return configured
        }
        let own = "/var/tmp/vigie-\(geteuid())"
        try makeOwn(own)
        let place = String(registry.destination.description.map { $0.isLetter || $0.isNumber ? $0 : "_" })
        let folder = "\(own)/\(place)"
        try makeOwn(folder)
        return folder
    }

    /// Makes a folder that nobody else may write to; one that is there already must be such a one.
    private static func makeOwn(_ path: String) throws(SystemError) {
        guard unsafe mkdir(path, 0o700) != 0 else { return }
        guard errno == EEXIST else { throw SystemError("make \(path)") }
        var information = stat()
        guard unsafe lstat(path, &information) == 0 else { throw SystemError("look at \(path)") }
        // S_IFMT and S_IFDIR of inode(7).
        let isFolder = information.st_mode & 0o170000 == 0o040000
        guard isFolder, information.st_uid == geteuid(), information.st_mode & 0o022 == 0 else {
            throw SystemError(code: EPERM, operation: "use \(path), which somebody else can write to")
        }
    }
}
