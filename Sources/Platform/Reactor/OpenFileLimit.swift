import CLinux

/// How many descriptors this process may open.
public enum OpenFileLimit: Sendable {
    /// Raises the soft limit to the hard limit (getrlimit(2)).
    ///
    /// - Returns: the limit in force then.
    @discardableResult public static func raise() -> UInt64 { clinux_raise_open_file_limit() }
}
