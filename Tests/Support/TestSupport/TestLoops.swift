package import Reactor

/// Event loops that all tests share, on which nothing may block.
package enum TestLoops {
    private static let single = Result { () throws(SystemError) in try EventLoopGroup(count: 1) }
    private static let pair = Result { () throws(SystemError) in try EventLoopGroup(count: 2) }

    /// One loop.
    package static var one: EventLoopGroup { get throws { try single.get() } }
    /// Two loops.
    package static var two: EventLoopGroup { get throws { try pair.get() } }
}
