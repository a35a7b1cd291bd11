public import Reactor

/// The answer to a scrape, ready to be sent.
public struct MetricScrape: Sendable {
    /// What goes into `Content-Type`. The answer varies by `Accept` and `Accept-Encoding`.
    public let contentType: String
    /// What goes into `Content-Encoding`: `gzip`, or nil.
    public let contentEncoding: String?
    /// The content.
    public let body: [UInt8]
}

extension MetricRegistry {
    /// Reads and renders all metrics on a thread of `pool`, so that no loop waits for it.
    ///
    /// `accept` and `acceptEncoding` are the request's fields; see ``ExpositionFormat/init(accept:)`` and RFC 9110 §12.5.3.
    /// - Throws: ``BlockingPool/Overloaded``; an error of zlib's when there is no memory.
    public func scrape(
        accept: String?,
        acceptEncoding: String?,
        on pool: BlockingPool
    ) async throws -> MetricScrape {
        let format = ExpositionFormat(accept: accept)
        let encodings = AcceptedValues(acceptEncoding ?? "")
        let gzip = encodings.quality(of: ["gzip", "x-gzip", "*"])
        let isCompressed = gzip > 0 && gzip >= encodings.quality(of: ["identity"])
        return try await pool.run { [self] in
            let text = exposition(format)
            return MetricScrape(
                contentType: format.contentType,
                contentEncoding: isCompressed ? "gzip" : nil,
                body: isCompressed ? try Gzip.compress(text) : text
            )
        }
    }

    /// Reads and renders all metrics on the caller's thread, which takes some milliseconds for thousands of series.
    public func exposition(_ format: ExpositionFormat) -> [UInt8] {
        ExpositionWriter.render(
            snapshot(),
            as: format,
            clockOffset: WallClock.current.nanoseconds(of: MonotonicInstant(nanoseconds: 0))
        )
    }
}
