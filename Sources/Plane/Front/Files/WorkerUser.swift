import Glibc
import Vigie

/// Who runs nginx's workers when root starts it: somebody without rights, who must get at what they read.
struct WorkerUser: Sendable {
    /// As nginx is told.
    let user: NginxConfiguration.User
    private let id: uid_t
    private let groupID: gid_t

    private static let names = ["www-data", "nginx", "nobody"]

    /// Finds one; nil for a process that is not root's.
    ///
    /// - Throws: `StartError` where this machine has none of them.
    static func find() throws(StartError) -> WorkerUser? {
        guard geteuid() == 0 else { return nil }
        for name in names { if let user = WorkerUser(name) { return user } }
        throw StartError(
            "root starts nginx, and there is none of the users \(names.joined(separator: ", ")) to run its workers"
        )
    }

    private init?(_ name: String) {
        // Before other threads ask: the result is libc's own memory.
        guard let entry = unsafe getpwnam(name), let group = unsafe getgrgid(entry.pointee.pw_gid) else {
            return nil
        }
        (id, groupID) = unsafe (entry.pointee.pw_uid, entry.pointee.pw_gid)
        user = NginxConfiguration.User(name: name, group: unsafe String(cString: group.pointee.gr_name))
    }

    /// Looks whether the user can enter a folder.
    ///
    /// - Parameters:
    ///   - folder: absolute.
    ///   - setting: what named it.
    /// - Throws: `StartError` that names the folder above which it can't.
    func checkEntering(_ folder: String, _ setting: String) throws(StartError) {
        var path = ""
        for part in [""] + folder.split(separator: "/").map(String.init) {
            path = part.isEmpty ? "/" : path == "/" ? "/\(part)" : "\(path)/\(part)"
            guard !mayEnter(path) else { continue }
            throw StartError(
                "\(setting): \(user.name), who runs nginx's workers, can't enter \(path): choose a folder that all can enter"
            )
        }
    }

    private func mayEnter(_ path: String) -> Bool {
        var information = stat()
        guard unsafe stat(path, &information) == 0 else { return false }
        // S_IXUSR, S_IXGRP and S_IXOTH of inode(7): the first that applies decides.
        let bit: mode_t = information.st_uid == id ? 0o100 : information.st_gid == groupID ? 0o010 : 0o001
        return information.st_mode & bit != 0
    }
}
