import Glibc
public import Reactor

/// Appends batches to a file, one line of OTLP's JSON each (OpenTelemetry, "OTLP File Exporter"), up to a size.
public final class FileSpanTransport: SpanTransport {
    private let descriptor: Descriptor
    private let path: String
    private let byteLimit: Int64
    private let encoder: OTLPEncoder
    private let pool: BlockingPool

    /// Opens the file, or makes it.
    ///
    /// - Parameters:
    ///   - path: where; readable by this user alone.
    ///   - byteLimit: how large it may grow; batches beyond that fail. Default 64 MiB.
    ///   - resource: the process that the spans come from.
    ///   - pool: where the file is written.
    /// - Throws: ``SystemError``, naming the path.
    public init(
        path: String,
        byteLimit: Int64 = 1 << 26,
        resource: OTLPResource,
        pool: BlockingPool
    ) throws(SystemError) {
        let number = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw SystemError("open \(path)") }
        descriptor = Descriptor(owning: number)
        self.path = path
        self.byteLimit = byteLimit
        encoder = OTLPEncoder(resource: resource, encoding: .json)
        self.pool = pool
    }

    /// Writes a span's part of a line.
    public func append(_ span: EndedSpan, _ clock: WallClock, to bytes: inout [UInt8]) {
        encoder.append(span, clock, to: &bytes)
    }

    /// The whole line.
    public func payload(of batch: SpanBatch) -> [UInt8] {
        var line = encoder.request(of: batch)
        line.append("\n")
        return line
    }

    /// Appends it.
    public func send(_ payload: [UInt8]) async -> SpanDelivery {
        do {
            try await pool.run { [self] in try append(payload) }
            return .accepted(rejected: 0)
        } catch {
            return .failed(reason: "\(error)")
        }
    }

    private func append(_ payload: [UInt8]) throws(SystemError) {
        let size = lseek(descriptor.number, 0, SEEK_END)
        guard Int64(size) + Int64(payload.count) <= byteLimit else {
            throw SystemError(code: EFBIG, operation: "append to \(path)")
        }
        var start = 0
        while start < payload.count {
            let count = unsafe payload[start...].withUnsafeBytes {
                unsafe write(descriptor.number, $0.baseAddress, $0.count)
            }
            guard count > 0 || errno == EINTR else { throw SystemError("append to \(path)") }
            start += max(0, count)
        }
    }
}
