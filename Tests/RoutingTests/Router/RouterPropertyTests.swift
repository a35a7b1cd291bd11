import HTTP
import Routing
import Telemetry
import TestSupport
import Testing

/// The radix walk finds what the plainest matcher finds.
@Suite("router, property") struct RouterPropertyTests {
    /// A path taken apart at its slashes, compared one by one.
    struct Naive {
        let template: String
        let segments: [String]

        init(_ template: String) {
            self.template = template
            segments = template.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(
                String.init
            )
        }

        /// The kinds of its segments, which decide between two that match: literal, parameter, rest.
        var rank: [Int] { segments.map { $0.hasSuffix("...}") ? 2 : $0.hasPrefix("{") ? 1 : 0 } }

        func matches(_ path: [String]) -> Bool {
            for (index, segment) in segments.enumerated() {
                guard index < path.count else { return false }
                if segment.hasSuffix("...}") { return index + 1 < path.count || !path[index].isEmpty }
                if segment.hasPrefix("{") ? path[index].isEmpty : path[index] != segment { return false }
            }
            return segments.count == path.count
        }
    }

    private static let words = ["a", "ab", "abc", "b", "ba", "me", "members", "x-y", "1"]

    private static func template(_ random: inout SplitMix) -> String {
        var path = ""
        for depth in 0..<(1 + random.below(4)) {
            switch random.below(10) {
            case 0...5: path += "/" + words[random.below(words.count)]
            case 6...8: path += "/{p\(depth)}"
            default: return path + "/{rest...}"
            }
        }
        return path
    }

    private static func path(_ random: inout SplitMix) -> String {
        (0..<(1 + random.below(5))).map { _ in
            random.below(12) == 0 ? "/" : "/" + words[random.below(words.count)]
        }.joined()
    }

    @Test("finds what a naive matcher finds", arguments: 0..<60)
    func agrees(round: Int) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(seed: seed)
        let templates = Set((0..<(1 + random.below(40))).map { _ in Self.template(&random) }).sorted()
        let router = try Router.open { for template in templates { Self.get(template) } }
        let naive = templates.map(Naive.init)
        for _ in 0..<300 {
            let path = Self.path(&random)
            let head = HTTPRequestHead(.get, path)
            let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(
                String.init
            )
            let best = naive.filter { $0.matches(segments) }.min {
                $0.rank.lexicographicallyPrecedes($1.rank)
            }
            let found = router.routeID(of: head).map { router.names[$0.index].template }
            #expect(found == best?.template, "seed \(seed), path \(path), templates \(templates)")
        }
    }

    /// A route with as many parameters as the template has.
    @RoutesBuilder static func get(_ template: String) -> some Routes {
        let isRest = template.hasSuffix("...}")
        switch (template.count { $0 == "{" }, isRest) {
        case (0, _): Get(template) { _ in template }
        case (1, false): Get(template) { (_, _: String) in template }
        case (1, true): Get(template) { (_, _: PathRest) in template }
        case (2, false): Get(template) { (_, _: String, _: String) in template }
        case (2, true): Get(template) { (_, _: String, _: PathRest) in template }
        case (3, false): Get(template) { (_, _: String, _: String, _: String) in template }
        case (3, true): Get(template) { (_, _: String, _: String, _: PathRest) in template }
        case (_, false): Get(template) { (_, _: String, _: String, _: String, _: String) in template }
        case (_, true): Get(template) { (_, _: String, _: String, _: String, _: PathRest) in template }
        }
    }

    @Test("finds each of a thousand routes")
    func thousand() throws {
        let paths = (0..<1000).map { "/resource\($0)/{id}/items" }
        let router = try Router.open { for path in paths { Self.get(path) } }
        for number in paths.indices {
            let found = router.routeID(of: HTTPRequestHead(.get, "/resource\(number)/42/items"))
            #expect(found.map { router.names[$0.index].template } == paths[number])
        }
        #expect(router.routeID(of: HTTPRequestHead(.get, "/resource1000/42/items")) == nil)
    }
}
