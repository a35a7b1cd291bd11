extension RawClient {
    /// Takes answers out of a blocking socket's bytes.
    struct Reader {
        let socket: RawSocket
        /// What has arrived and is not used.
        var bytes: [UInt8]

        /// One answer, with its content by its framing (RFC 9112 §6.3).
        mutating func response(isHead: Bool) throws -> RawResponse {
            var response = try RawResponse(head: try takeLines())
            guard !isHead, response.status >= 200, response.status != 204, response.status != 304 else {
                return response
            }
            if let coding = response["transfer-encoding"] {
                guard coding == "chunked", response["content-length"] == nil else {
                    throw RawResponse.Malformed(text: "framing \(coding)")
                }
                response.body = try takeChunks()
                response.trailers = try takeTrailers()
            } else if let length = response["content-length"] {
                guard let count = Int(length), response.values("content-length").count == 1 else {
                    throw RawResponse.Malformed(text: "length \(length)")
                }
                response.body = try take(count)
            } else {
                let ending = fillToEnd()
                guard ending == .clean else { throw EndOfInput(ending) }
                response.body = try take(bytes.count)
            }
            return response
        }

        /// The bytes before the next empty line, which is used up.
        mutating func takeLines() throws -> [UInt8] {
            var searched = 0
            while true {
                while searched + 4 <= bytes.count {
                    if bytes[searched..<(searched + 4)].elementsEqual("\r\n\r\n".utf8) {
                        defer { bytes.removeFirst(searched + 4) }
                        return Array(bytes[..<searched])
                    }
                    searched += 1
                }
                try fill()
            }
        }

        mutating func take(_ count: Int) throws -> [UInt8] {
            bytes.reserveCapacity(count)
            while bytes.count < count { try fill() }
            defer { bytes.removeFirst(count) }
            return Array(bytes[..<count])
        }

        private mutating func takeChunks() throws -> [UInt8] {
            var content: [UInt8] = []
            while true {
                let line = try takeLine()
                guard let size = Int(String(decoding: line, as: UTF8.self), radix: 16) else {
                    throw RawResponse.Malformed(text: "chunk size")
                }
                guard size > 0 else { return content }
                content += try take(size)
                guard try take(2) == Array("\r\n".utf8) else {
                    throw RawResponse.Malformed(text: "chunk end")
                }
            }
        }

        private mutating func takeTrailers() throws -> [(name: String, value: String)] {
            var lines: [Substring] = []
            while true {
                let line = try takeLine()
                guard !line.isEmpty else { return try RawResponse.fields(lines) }
                lines.append(Substring(decoding: line, as: UTF8.self))
            }
        }

        private mutating func takeLine() throws -> [UInt8] {
            while true {
                if let end = bytes.firstIndex(of: 10), end > 0, bytes[end - 1] == 13 {
                    defer { bytes.removeFirst(end + 1) }
                    return Array(bytes[..<(end - 1)])
                }
                try fill()
            }
        }

        mutating func fill() throws {
            bytes += try socket.receive().get()
        }

        mutating func fillToEnd() -> RawSocket.Ending {
            while true {
                switch socket.receive() {
                case .success(let more): bytes += more
                case .failure(let end): return end.ending
                }
            }
        }
    }
}
