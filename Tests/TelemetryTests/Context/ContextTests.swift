import Reactor
import TestSupport
import Testing

@testable import Telemetry

@Suite("context") struct ContextTests {
    @Test("without one the defaults hold: no deadline, no span, no log")
    func defaults() {
        let context = Context.current
        #expect(context.remaining() == nil && !context.span.context.isValid)
        #expect(context.principal == nil && context.requestID == nil)
        #expect(!context.logger.isEnabled(.critical) && context.baggage.isEmpty)
    }

    @Test("it holds while the body runs, tasks inherit it, and it is gone behind it")
    func binds() async throws {
        let principal = Principal(subject: "anna", roles: ["host"], scopes: ["read"])
        let context = Context().with { $0.principal = principal }
        await Context.with(context) {
            #expect(Context.current.principal?.has(role: "host") == true)
            #expect(Context.current.principal?.has(scope: "write") == false)
            async let inherited = Context.current.principal?.subject
            #expect(await inherited == "anna")
            await Task { #expect(Context.current === context) }.value
            await Task.detached { #expect(Context.current.principal == nil) }.value
        }
        #expect(Context.current.principal == nil)
    }

    @Test("a deadline only ever comes nearer, and what is left is never negative")
    func deadline() {
        let context = Context().with(deadline: .seconds(10))
        #expect(context.with(deadline: .seconds(20)).deadline == .seconds(10))
        #expect(context.with(deadline: .seconds(5)).deadline == .seconds(5))
        #expect(context.remaining(at: .seconds(4)) == .seconds(6))
        #expect(context.remaining(at: .seconds(40)) == .zero)
    }

    /// An actor on an event loop, as the server is.
    private actor OnLoop {
        private let loop: EventLoop
        nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

        init(_ loop: EventLoop) { self.loop = loop }

        /// Where the body ran, and whether the code around it came back.
        func run() async -> [Bool] {
            var places: [Bool] = []
            await Context.with(Context()) {
                places.append(loop.isCurrent)
                self.assertIsolated()
                await Task.yield()
                places.append(loop.isCurrent)
            }
            places.append(loop.isCurrent)
            await withSpan("x") { _ in
                self.assertIsolated()
                places.append(loop.isCurrent)
            }
            return places
        }
    }

    @Test("the body stays on its caller's actor")
    func isolation() async throws {
        let actor = OnLoop(try TestLoops.two.loops[0])
        #expect(await actor.run() == [true, true, true, true])
    }
}
