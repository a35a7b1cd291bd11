import Glibc

/// What the kernel tells of this process (proc(5)).
struct ProcessStatus: Equatable {
    /// User and system time.
    let processorSeconds: Double
    let threadCount: Double
    let virtualByteCount: Double
    let residentByteCount: Double
    /// Since the machine's boot.
    let startSeconds: Double

    /// Reads `/proc/self/stat`; nil when it is not there or not as described.
    static func read() -> ProcessStatus? { file("/proc/self/stat").flatMap { ProcessStatus(line: $0) } }

    /// Reads the line of `/proc/[pid]/stat`. The second field is a name in parentheses and may hold anything: what counts
    /// begins after the last parenthesis, with field 3.
    init?(line: String) {
        guard let end = line.lastIndex(of: ")") else { return nil }
        let fields = line[line.index(after: end)...].split(whereSeparator: \.isWhitespace)
        let number = { (field: Int) in field - 3 < fields.count ? Double(fields[field - 3]) : nil }
        guard let user = number(14), let system = number(15), let threads = number(20),
            let start = number(22),
            let virtual = number(23), let pages = number(24)
        else { return nil }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        processorSeconds = (user + system) / ticks
        threadCount = threads
        virtualByteCount = virtual
        residentByteCount = pages * Double(getpagesize())
        startSeconds = start / ticks
    }

    /// When the process began, in seconds since 1970; nil when `/proc` does not tell.
    static func startTime() -> Double? {
        guard let status = read(), let lines = file("/proc/stat")?.split(separator: "\n"),
            let boot = lines.first(where: { $0.hasPrefix("btime ") })
        else { return nil }
        return Double(boot.dropFirst(6)).map { $0 + status.startSeconds }
    }

    /// The number of open descriptors; nil when `/proc` does not tell.
    static func openFileCount() -> Double? {
        guard let folder = unsafe opendir("/proc/self/fd") else { return nil }
        defer { unsafe closedir(folder) }
        var count = 0
        while let entry = unsafe readdir(folder) {
            // Not `.` and `..`: descriptors are numbers.
            if unsafe entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) { count += 1 }
        }
        // Without the one that reads the folder.
        return Double(count - 1)
    }

    /// How many descriptors may be open: the soft limit (getrlimit(2)).
    static func openFileLimit() -> Double? {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return Double(limit.rlim_cur)
    }

    /// A small file of the kernel's, whole.
    private static func file(_ path: String) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = unsafe Glibc.read(descriptor, &buffer, buffer.count), count > 0 {
            bytes += buffer[..<count]
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
