import Reactor
import Testing

@testable import Gateway

@Suite("documents of routes that nobody names") struct UnnamedDocumentsTests {
    private static func at(_ seconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: seconds * 1_000_000_000)
    }

    @Test("one goes when nobody has named it for ten minutes without a break")
    func due() {
        var documents = UnnamedDocuments()
        let keys = ["a", "b", "c"]
        #expect(documents.due(of: keys, named: ["a"], at: Self.at(0)) == [])
        #expect(documents.due(of: keys, named: ["a"], at: Self.at(599)) == [])
        // Rolled back for a moment: its time begins anew.
        #expect(documents.due(of: keys, named: ["b"], at: Self.at(599)) == [])
        #expect(documents.due(of: keys, named: ["a"], at: Self.at(600)) == ["c"])
        #expect(documents.due(of: keys, named: [], at: Self.at(1_199)) == ["c"])
        #expect(documents.due(of: keys, named: [], at: Self.at(1_200)) == ["b", "c"])
        // One that was away and comes back is new.
        #expect(documents.due(of: ["a"], named: [], at: Self.at(1_800)) == ["a"])
        #expect(documents.due(of: ["a", "b"], named: [], at: Self.at(1_801)) == ["a"])
        #expect(documents.due(of: [], named: [], at: Self.at(9_999)) == [])
    }
}
