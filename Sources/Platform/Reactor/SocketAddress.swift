import CLinux
import Glibc

/// Where a stream socket listens or connects to: IPv4, IPv6, or a path (Unix).
public enum SocketAddress: Sendable, Hashable, CustomStringConvertible {
    /// Four address bytes in network order, and the port.
    case ipv4(UInt32, port: UInt16)
    /// The address as a big-endian number, the port, and the zone (interface index; 0 for none).
    case ipv6(UInt128, port: UInt16, zone: UInt32)
    /// A socket file, at most 107 bytes.
    case unix(path: String)

    /// Reads a numeric address: `127.0.0.1`, `::1`, or `unix:/run/x.sock`; nil for a name, which needs a ``Resolver``.
    public init?(numericHost host: String, port: UInt16) {
        if host.hasPrefix("unix:") {
            let path = String(host.dropFirst(5))
            guard !path.isEmpty, path.utf8.count <= Self.pathLimit else { return nil }
            self = .unix(path: path)
            return
        }
        var four = in_addr()
        if unsafe inet_pton(AF_INET, host, &four) == 1 {
            self = .ipv4(UInt32(bigEndian: four.s_addr), port: port)
            return
        }
        var six: UInt128 = 0
        guard unsafe inet_pton(AF_INET6, host, &six) == 1 else { return nil }
        self = .ipv6(UInt128(bigEndian: six), port: port, zone: 0)
    }

    /// This machine alone, IPv4.
    public static func loopback(port: UInt16) -> Self { .ipv4(0x7f00_0001, port: port) }

    /// The longest path of a Unix socket, in bytes (unix(7)).
    public static let pathLimit = 107

    /// The port; nil for a Unix socket.
    public var port: UInt16? {
        switch self {
        case .ipv4(_, let port), .ipv6(_, let port, _): port
        case .unix: nil
        }
    }

    /// The same address with another port; a Unix socket stays as it is.
    public func with(port: UInt16) -> Self {
        switch self {
        case .ipv4(let address, _): .ipv4(address, port: port)
        case .ipv6(let address, _, let zone): .ipv6(address, port: port, zone: zone)
        case .unix: self
        }
    }

    /// The address alone, without port: `127.0.0.1`, `::1`, `unix:/run/x.sock`.
    public var host: String {
        switch self {
        case .ipv4:
            // In place: so short a text needs no memory of its own.
            return unsafe String(unsafeUninitializedCapacity: 15) { buffer in
                var out = unsafe OutputSpan(buffer: buffer, initializedCount: 0)
                appendHost(to: &out)
                return unsafe out.finalize(for: buffer)
            }
        case .ipv6(let address, _, _):
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            var raw = address.bigEndian
            unsafe inet_ntop(AF_INET6, &raw, &text, socklen_t(text.count))
            return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        case .unix(let path): return "unix:" + path
        }
    }

    /// As it stands in a URL: `127.0.0.1:80`, `[::1]:80`, `unix:/run/x.sock`.
    public var description: String {
        switch self {
        case .ipv4(_, let port): "\(host):\(port)"
        case .ipv6(_, let port, _): "[\(host)]:\(port)"
        case .unix: host
        }
    }

    // MARK: The kernel's form

    var family: Int32 {
        switch self {
        case .ipv4: AF_INET
        case .ipv6: AF_INET6
        case .unix: AF_UNIX
        }
    }

    /// Lends the kernel's form of the address; valid inside `body` only.
    func withStorage<Value>(_ body: (UnsafePointer<sockaddr_storage>, socklen_t) -> Value) -> Value {
        var storage = sockaddr_storage()
        let length = fill(&storage)
        return unsafe withUnsafePointer(to: storage) { unsafe body($0, length) }
    }

    private func fill(_ storage: inout sockaddr_storage) -> socklen_t {
        unsafe withUnsafeMutableBytes(of: &storage) { raw in
            // Each of the three forms fits into `sockaddr_storage` by POSIX's definition of it.
            switch self {
            case .ipv4(let address, let port):
                var form = sockaddr_in()
                form.sin_family = sa_family_t(AF_INET)
                form.sin_port = port.bigEndian
                form.sin_addr.s_addr = address.bigEndian
                unsafe raw.storeBytes(of: form, as: sockaddr_in.self)
                return socklen_t(MemoryLayout<sockaddr_in>.size)
            case .ipv6(let address, let port, let zone):
                var form = sockaddr_in6()
                form.sin6_family = sa_family_t(AF_INET6)
                form.sin6_port = port.bigEndian
                form.sin6_scope_id = zone
                unsafe raw.storeBytes(of: form, as: sockaddr_in6.self)
                unsafe raw.storeBytes(of: address.bigEndian, toByteOffset: 8, as: UInt128.self)
                return socklen_t(MemoryLayout<sockaddr_in6>.size)
            case .unix(let path):
                unsafe raw.storeBytes(of: sa_family_t(AF_UNIX), as: sa_family_t.self)
                let bytes = Array(path.utf8.prefix(Self.pathLimit))
                unsafe UnsafeMutableRawBufferPointer(rebasing: raw[2...]).copyBytes(from: bytes)
                return socklen_t(2 + bytes.count + 1)
            }
        }
    }

    /// Reads the kernel's form; nil for a family that is none of the three.
    init?(_ storage: sockaddr_storage, length: socklen_t) {
        let address = unsafe withUnsafeBytes(of: storage) { raw -> SocketAddress? in
            switch Int32(storage.ss_family) {
            case AF_INET:
                let form = unsafe raw.loadUnaligned(as: sockaddr_in.self)
                return .ipv4(UInt32(bigEndian: form.sin_addr.s_addr), port: UInt16(bigEndian: form.sin_port))
            case AF_INET6:
                let form = unsafe raw.loadUnaligned(as: sockaddr_in6.self)
                let number = unsafe raw.loadUnaligned(fromByteOffset: 8, as: UInt128.self)
                let port = UInt16(bigEndian: form.sin6_port)
                return .ipv6(UInt128(bigEndian: number), port: port, zone: form.sin6_scope_id)
            case AF_UNIX:
                let bytes = unsafe raw[2..<max(2, Int(length))].prefix { $0 != 0 }
                return unsafe .unix(path: String(decoding: bytes, as: UTF8.self))
            default: return nil
            }
        }
        guard let address else { return nil }
        self = address
    }
}
