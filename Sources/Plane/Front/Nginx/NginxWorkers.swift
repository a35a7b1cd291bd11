import FoundationEssentials

/// nginx's processes that serve, by what the kernel says of them.
enum NginxWorkers {
    /// One of them.
    struct Worker: Sendable, Equatable {
        /// Its number.
        let id: Int32
        /// Whether it accepts nothing any more, and ends with its last connection.
        let isLeaving: Bool
    }

    /// Those whose parent is `master`; blocks.
    static func of(_ master: Int32) -> [Worker] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.compactMap { id in
            guard parent(of: id) == master, let title = title(of: id), title.contains("worker process") else {
                return nil
            }
            return Worker(id: id, isLeaving: title.contains("shutting down"))
        }
    }

    /// The fourth field of proc_pid_stat(5), behind the program's name in brackets.
    private static func parent(of id: Int32) -> Int32? {
        guard let bytes = try? PlainFile.read("/proc/\(id)/stat") else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let bracket = text.lastIndex(of: ")") else { return nil }
        let fields = text[bracket...].split(separator: " ")
        return fields.count > 2 ? Int32(fields[2]) : nil
    }

    private static func title(of id: Int32) -> String? {
        guard let bytes = try? PlainFile.read("/proc/\(id)/cmdline") else { return nil }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
