import Glibc
import Reactor

/// Bytes on their way to the kernel: those written here, then one array that is lent without a copy.
struct Outbox {
    /// Room for heads, chunks and small contents.
    private var bytes: [UInt8] = []
    /// A large content behind them.
    private var lent: [UInt8] = []
    /// How much of both has been sent.
    private var sent = 0

    /// Contents up to this size are copied behind their head: one `send` of one piece is cheaper than a vectored one.
    static let copyLimit = 8 * 1024

    /// How many bytes wait.
    var count: Int { bytes.count + lent.count - sent }
    /// Whether nothing waits.
    var isEmpty: Bool { count == 0 }
    /// Whether more may be written before what waits is sent.
    var hasRoom: Bool { lent.isEmpty && bytes.count < 64 * 1024 }

    /// Adds what `write` writes, and a content behind it: copied when it is small, lent when not. Takes room from
    /// `spare` when it has none.
    mutating func append(
        content: [UInt8],
        behind write: (inout [UInt8]) -> Void,
        _ spare: SpareRoom
    ) {
        spare.give(&bytes)
        if !lent.isEmpty {
            bytes.append(contentsOf: lent)
            lent = []
        }
        write(&bytes)
        if content.count <= Self.copyLimit { bytes.append(contentsOf: content) } else { lent = content }
    }

    /// Offers all that waits to the socket once.
    mutating func write(to socket: StreamSocket) -> StreamSocket.WriteResult {
        let result = unsafe bytes.withUnsafeBytes { first in
            // Both slices are within their arrays: `sent` is never more than their sum.
            if lent.isEmpty { return unsafe socket.write(UnsafeRawBufferPointer(rebasing: first[sent...])) }
            return unsafe lent.withUnsafeBytes { second in
                let head = unsafe UnsafeRawBufferPointer(rebasing: first[min(sent, first.count)...])
                let tail = unsafe UnsafeRawBufferPointer(rebasing: second[max(0, sent - first.count)...])
                return unsafe socket.write(head, tail)
            }
        }
        guard case .bytes(let count) = result else { return result }
        sent += count
        if isEmpty { removeAll() }
        return result
    }

    /// Forgets all, and gives a large room back.
    mutating func removeAll() {
        sent = 0
        lent = []
        if bytes.capacity > 64 * 1024 { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
    }

    /// Offers all that waits once, if anything does.
    ///
    /// - Returns: how many bytes are left.
    mutating func writeOnce(to socket: StreamSocket, _ spare: SpareRoom) -> Int {
        guard !isEmpty, !socket.isClosed else { return count }
        _ = write(to: socket)
        returnRoom(to: spare)
        return count
    }

    /// Leaves its room, when it is empty, to whoever writes next: an idle connection then holds none.
    mutating func returnRoom(to spare: SpareRoom) {
        guard isEmpty else { return }
        spare.take(&bytes)
    }
}

extension StreamSocket {
    /// How sending ended.
    enum SendResult: Equatable {
        case sent
        case timedOut
        case failed
    }

    /// Sends a part of a file, brought into memory beforehand away from the loop.
    func send(_ file: OpenFile, offset: Int64, count: Int, timeout: Duration) async throws -> SendResult {
        var position = offset
        let end = offset + Int64(count)
        while position < end {
            let step = Int(min(end - position, 512 * 1024))
            try await file.prefetch(at: position, count: step)
            switch write(file, offset: position, count: step) {
            case .bytes(0): throw SystemError(code: EIO, operation: "send a file that became shorter")
            case .bytes(let sent):
                position += Int64(sent)
                await giveWay()
            case .failed: return .failed
            case .wouldBlock:
                if let failure = await waitForRoom(timeout) { return failure }
            }
        }
        return .sent
    }

    /// Waits until the kernel takes more, at most `timeout`; nil when it does.
    func waitForRoom(_ timeout: Duration) async -> SendResult? {
        switch await writable(until: local.now + timeout) {
        case .ready: nil
        case .timedOut: .timedOut
        case .closed: .failed
        }
    }
}
