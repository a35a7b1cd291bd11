import Resilience
import Testing

@testable import Discovery

@Suite("which instances are called") struct SelectionTests {
    private static func instance(
        _ id: String,
        _ status: CheckStatus = .passing,
        tags: [String] = [],
        meta: [String: String] = [:],
        weight: Int = 1
    ) -> DiscoveredInstance {
        DiscoveredInstance(
            id: id,
            host: "10.0.0.1",
            port: 80,
            status: status,
            tags: tags,
            meta: meta,
            weight: weight
        )
    }

    @Test("those in maintenance never; those that don't pass are known, but don't pass")
    func states() {
        let members = InstanceSelection().members(
            of: CheckStatus.allCases.map { Self.instance($0.rawValue, $0) }
        )
        #expect(members.map(\.instance.id) == ["passing", "warning", "critical"])
        #expect(members.map(\.isPassing) == [true, false, false])
    }

    static let subsets: [(Set<String>, [String])] = [
        ([], ["1", "2", "3"]), (["a"], ["1", "2"]), (["a", "b"], ["2"]), (["A"], []), (["c"], []),
    ]

    @Test("a subset has all of the tags", arguments: subsets)
    func tags(tags: Set<String>, ids: [String]) {
        let all = [
            Self.instance("1", tags: ["a"]), Self.instance("2", tags: ["b", "a"]), Self.instance("3"),
        ]
        #expect(InstanceSelection(tags: tags).members(of: all).map(\.instance.id) == ids)
    }

    static let shares: [(share: Double?, weights: [Double])] = [
        (nil, [1, 3, 2]), (0.5, [1, 3, 4]), (0.2, [1, 3, 1]), (1, [2]), (0, [1, 3]),
    ]

    @Test("canaries get their share together, whatever their weights", arguments: shares)
    func canary(share: Double?, weights: [Double]) {
        let all = [
            Self.instance("1"), Self.instance("2", weight: 3),
            Self.instance("3", tags: ["canary"], weight: 2),
            Self.instance("4", .maintenance),
        ]
        #expect(InstanceSelection(canaryShare: share).members(of: all).map(\.weight) == weights)
    }

    @Test("canaries alone keep their weights")
    func canariesAlone() {
        let all = [Self.instance("1", tags: ["canary"], weight: 2)]
        #expect(InstanceSelection(canaryShare: 0.1).members(of: all).map(\.weight) == [2])
    }

    @Test("zone and scheme come from the meta")
    func meta() {
        let members = InstanceSelection().members(of: [
            Self.instance("1", meta: ["zone": "b", "scheme": "https"]),
            Self.instance("2", meta: ["scheme": "ftp"]),
        ])
        #expect(members.map(\.zone) == ["b", nil])
        #expect(members.map(\.instance.scheme) == [.https, .http])
    }
}
