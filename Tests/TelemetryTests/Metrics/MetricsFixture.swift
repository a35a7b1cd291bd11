import Reactor

@testable import Telemetry

/// What the tests of metrics share.
enum MetricsFixture {
    private static let started = Result { () throws(SystemError) in try EventLoopGroup(count: 3) }
    private static let others = Result { () throws(SystemError) in try EventLoopGroup(count: 4) }

    /// Loops that registries of these tests are made for.
    static var group: EventLoopGroup { get throws { try started.get() } }

    /// Loops that no registry knows.
    static var strangers: EventLoopGroup { get throws { try others.get() } }

    /// A registry for the loops of `group`.
    static func registry(seriesLimit: Int = 2_000) throws -> MetricRegistry {
        MetricRegistry(loops: try group.loops, seriesLimit: seriesLimit)
    }

    /// The exposition as text, with the monotonic clock's origin at 1970.
    static func text(_ registry: MetricRegistry, _ format: ExpositionFormat) -> String {
        String(
            decoding: ExpositionWriter.render(registry.snapshot(), as: format, clockOffset: 0),
            as: UTF8.self
        )
    }
}
