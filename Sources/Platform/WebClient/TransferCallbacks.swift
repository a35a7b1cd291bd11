import CCurl
import Glibc
import Reactor

/// What libcurl calls for a transfer: each only finds the transfer and passes on. Nothing is thrown through libcurl, and
/// no function of libcurl is called from here.
enum TransferCallbacks {
    static let header: curl_write_callback = { bytes, size, count, raw in
        guard let bytes = unsafe bytes, let raw = unsafe raw else { return 0 }
        // Valid during this call (CURLOPT_HEADERFUNCTION(3)).
        let line = unsafe [UInt8](UnsafeRawBufferPointer(start: bytes, count: size * count))
        return unsafe transfer(raw).takeLine(line) ? size * count : 0
    }

    static let write: curl_write_callback = { bytes, size, count, raw in
        guard let bytes = unsafe bytes, let raw = unsafe raw else { return 0 }
        // Valid during this call (CURLOPT_WRITEFUNCTION(3)).
        let piece = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
        switch unsafe transfer(raw).receive(piece) {
        case .taken: return size * count
        case .pause: return ccurl_write_pause()
        case .abort: return 0
        }
    }

    static let read: curl_read_callback = { bytes, size, count, raw in
        guard let bytes = unsafe bytes, let raw = unsafe raw else { return ccurl_read_abort() }
        // Valid during this call, and ours to fill (CURLOPT_READFUNCTION(3)).
        let room = unsafe UnsafeMutableRawBufferPointer(start: bytes, count: size * count)
        return unsafe transfer(raw).provide(room) ?? ccurl_read_pause()
    }

    static let seek: curl_seek_callback = { raw, offset, origin in
        guard let raw = unsafe raw, offset == 0, origin == SEEK_SET else { return CURL_SEEKFUNC_FAIL }
        return unsafe transfer(raw).rewind() ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
    }

    static let openSocket: curl_opensocket_callback = { raw, _, address in
        guard let raw = unsafe raw, let address = unsafe address else { return ccurl_bad_socket() }
        let isAllowed = unsafe transfer(raw).mayConnect(to: SocketAddress(address))
        return unsafe isAllowed ? ccurl_socket(address) : ccurl_bad_socket()
    }

    static let prerequest: curl_prereq_callback = { raw, _, _, _, _ in
        guard let raw = unsafe raw else { return CURL_PREREQFUNC_ABORT }
        unsafe transfer(raw).requestBegins()
        return CURL_PREREQFUNC_OK
    }

    /// The pointer is that of `CurlEasy.setCallbacks`: valid while the handle is in a multi handle.
    private static func transfer(_ raw: UnsafeMutableRawPointer) -> Transfer {
        unsafe Unmanaged<Transfer>.fromOpaque(raw).takeUnretainedValue()
    }
}

extension SocketAddress {
    /// Reads what libcurl is about to connect to; nil for a family that is none of the Internet's.
    fileprivate init?(_ address: UnsafePointer<curl_sockaddr>) {
        switch unsafe address.pointee.family {
        case AF_INET:
            let form = unsafe ccurl_ipv4(address)
            self = .ipv4(UInt32(bigEndian: form.sin_addr.s_addr), port: UInt16(bigEndian: form.sin_port))
        case AF_INET6:
            let form = unsafe ccurl_ipv6(address)
            let number = unsafe withUnsafeBytes(of: form.sin6_addr) {
                unsafe $0.loadUnaligned(as: UInt128.self)
            }
            self = .ipv6(
                UInt128(bigEndian: number),
                port: UInt16(bigEndian: form.sin6_port),
                zone: form.sin6_scope_id
            )
        default: return nil
        }
    }
}
