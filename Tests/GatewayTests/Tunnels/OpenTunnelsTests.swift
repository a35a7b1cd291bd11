import Reactor
import TestSupport
import Testing

@testable import Gateway

@Suite("the list of what is open", .timeLimit(.minutes(1))) struct OpenTunnelsTests {
    /// Notes what it is told.
    private final class Item: Drainable {
        enum Told: Sendable { case drain, cut }

        let kind = TunnelKind.other
        let told = Events<Told>()

        func drain(_ plan: DrainPlan) { told.note(.drain) }
        func cut() { told.note(.cut) }
    }

    @Test("a drain waits for the last and cuts what is left when its time is up")
    func cuts() async throws {
        let tunnels = OpenTunnels(on: try TestLoops.two)
        let (first, second) = (Item(), Item())
        let id = tunnels.open(first)
        _ = tunnels.open(second)
        async let cut = tunnels.drain(within: .milliseconds(200))
        #expect(await first.told.next() == .drain)
        tunnels.close(id)
        #expect(await cut == 1)
        #expect(first.told.all == [.drain])
        #expect(second.told.all == [.drain, .cut])
        #expect(tunnels.count == 1)
    }

    @Test("what is opened while a drain ends has its own plan and is not cut with the others")
    func late() async throws {
        let tunnels = OpenTunnels(on: try TestLoops.two)
        for _ in 0..<200 {
            let (first, second) = (Item(), Item())
            let id = tunnels.open(first)
            async let cut = tunnels.drain(within: .seconds(30))
            _ = await first.told.next()
            tunnels.close(id)
            let late = tunnels.open(second)
            _ = await second.told.next()
            tunnels.close(late)
            #expect(await cut == 0)
            #expect(second.told.all.allSatisfy { $0 == .drain })
        }
    }

    @Test("a drain that is cancelled cuts at once")
    func cancelled() async throws {
        let tunnels = OpenTunnels(on: try TestLoops.two)
        let item = Item()
        _ = tunnels.open(item)
        let drain = Task { await tunnels.drain(within: .seconds(3600)) }
        _ = await item.told.next()
        drain.cancel()
        #expect(await drain.value == 1)
        #expect(item.told.all.last == .cut)
    }
}
