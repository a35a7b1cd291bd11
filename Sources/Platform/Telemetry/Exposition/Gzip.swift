import CZlib

/// Compresses whole contents (RFC 1952) with zlib. It computes: not for an event loop.
package enum Gzip {
    /// zlib had no memory left.
    package struct Failure: Error, Sendable, CustomStringConvertible {
        /// zlib's return value (zlib manual, "Constants").
        package let code: Int32
        /// What failed.
        package var description: String { "gzip: zlib returned \(code)" }
    }

    /// Compresses `bytes`, fewer than 4 GiB, at a level from 1 (fast) to 9 (small).
    ///
    /// - Throws: ``Failure`` when there is no memory.
    package static func compress(_ bytes: [UInt8], level: Int32 = 1) throws(Failure) -> [UInt8] {
        var stream = unsafe z_stream()
        let status = unsafe czlib_gzip_init(&stream, level)
        guard status == Z_OK else { throw Failure(code: status) }
        defer { unsafe deflateEnd(&stream) }
        // The bound holds for one call with all of the input (zlib manual, deflateBound).
        let bound = unsafe Int(deflateBound(&stream, uLong(bytes.count)))
        var result: Int32 = Z_OK
        var input = bytes
        let output = unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            result = unsafe deflateAll(&stream, &input, into: buffer)
            count = unsafe Int(stream.total_out)
        }
        guard result == Z_STREAM_END else { throw Failure(code: result) }
        return output
    }

    private static func deflateAll(
        _ stream: inout z_stream,
        _ input: inout [UInt8],
        into output: UnsafeMutableBufferPointer<UInt8>
    ) -> Int32 {
        // Both outlive the call, after which zlib does not look at them again.
        unsafe input.withUnsafeMutableBufferPointer { input in
            unsafe stream.next_in = input.baseAddress
            unsafe stream.avail_in = uInt(input.count)
            unsafe stream.next_out = output.baseAddress
            unsafe stream.avail_out = uInt(output.count)
            return unsafe deflate(&stream, Z_FINISH)
        }
    }
}
